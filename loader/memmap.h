/*
 * The machine's (or domain's) physical memory, as the firmware tells it and
 * as the loader uses it up.  Types are e820's plus two of ours.
 */
#ifndef LOADER_MEMMAP_H
#define LOADER_MEMMAP_H

#include <stdint.h>

enum {
	MEM_RAM = 1,		/* free: a handover may put things here */
	MEM_RESERVED = 2,
	MEM_ACPI = 3,
	MEM_NVS = 4,
	MEM_BAD = 5,
	MEM_LOADER = 0x1000,	/* RAM that we run in: RAM to the kernel */
};

#define MEMMAP_MAX 512

struct memrange {
	uint64_t start, end;	/* bytes, end exclusive */
	uint32_t type;
};

struct memmap {
	unsigned n;
	struct memrange r[MEMMAP_MAX];	/* sorted, disjoint: memmap_set() */
};

/*
 * Give [start,end) the type TYPE, cutting what was there.  Firmware maps may
 * overlap: a non-RAM type wins over RAM when added by memmap_add.
 * ERR_NO_MEMORY when the table is full.
 */
int memmap_set(struct memmap *m, uint64_t start, uint64_t end, uint32_t type);
int memmap_add(struct memmap *m, uint64_t start, uint64_t end, uint32_t type);

/*
 * Find SIZE bytes of MEM_RAM, ALIGNed (a power of two), within [low, high).
 * The lowest, or the highest place.  ERR_NO_MEMORY.
 */
int memmap_find_low(const struct memmap *m, uint64_t size, uint64_t align,
		    uint64_t low, uint64_t high, uint64_t *at);
int memmap_find_high(const struct memmap *m, uint64_t size, uint64_t align,
		     uint64_t low, uint64_t high, uint64_t *at);

#endif
