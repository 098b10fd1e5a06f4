/* Virtual memory: our own address space, changed by hypercalls. */
#ifndef PVBOOT_GUEST_MAP_H
#define PVBOOT_GUEST_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/abi/xen.h"

#define MAP_HEAP 0x210000000000ul	/* heap.c */
#define MAP_DEST 0x220000000000ul	/* dest.c: by the new kernel's pfn */
#define MAP_LEAP 0x230000000000ul	/* chain.c: two last pages, */
#define MAP_LEAP2 0x008000000000ul	/* in either of two places */

#define MAP_RW (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define MAP_RO (PTE_P | PTE_US | PTE_A)

/* Take over the tables the builder made; frame_init() is done here. */
void map_init(void);

/*
 * Set N page table entries (at most 512, in one 2 MiB stretch) for VA on.  A
 * present entry may replace only an absent one, or be replaced by none; after
 * the latter call map_flush().
 */
void map_set(uint64_t va, unsigned n, const uint64_t *pte);
void map_flush(void);

/* The entry for VA, or 0. */
uint64_t map_get(uint64_t va);

/* The page tables in use now are in two ranges of pfns. */
void map_tables(uint64_t start[2], uint64_t end[2]);

#endif
