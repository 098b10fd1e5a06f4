/*
 * The machine's memory: what the boot loader said of it, our own page tables,
 * and the pages we keep.  "ma" is a machine address, "mfn" a machine frame
 * number, "va" a virtual address.
 */
#ifndef PVBOOT_HV_MACHINE_MEMORY_H
#define PVBOOT_HV_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/ranges.h"

/* Modules as Multiboot gave them, strings copied. */
struct module {
	uint64_t start, end;	/* machine addresses */
	const char *string;
};

#define MODULES 16

#define SCREEN_GLYPH_ROWS 20

/* What shows pixels of 4 bytes: white in them is all ones. */
struct screen {
	uint64_t base;		/* machine address */
	uint32_t width, height;	/* pixels; 0: there is none */
	uint32_t pitch;		/* bytes of a row */
	/* Of ' ' to '~', 8 pixels wide, the leftmost in bit 7. */
	uint32_t glyph_rows;
	uint8_t glyph[95][SCREEN_GLYPH_ROWS];
};

struct boot_info {
	const char *cmdline;
	uint64_t rsdp;		/* ACPI's root pointer; 0: not told */
	struct screen screen;
	unsigned n_modules;
	struct module module[MODULES];
};

extern struct boot_info boot_info;

extern uint64_t memory_ram_pages;	/* all usable RAM of the machine */
extern uint64_t max_mfn;	/* one past the last frame of RAM */

/* What is left for guests: neither ours nor a module's. */
extern struct ranges_free memory_left;

/* A page of RAM below 640 KiB that nobody uses, no guest either; 0: none. */
uint64_t memory_low_page(void);

/* The next memory of KIND, *I begins with 0: where ACPI's tables are. */
bool memory_next(unsigned *i, enum memory_kind kind, struct ram *part);

static inline void *ma_va(uint64_t ma)
{
	return (void *)(HV_DIRECT + ma);
}

/* Machine address of direct-map memory or of our own code and data. */
uint64_t va_ma(const void *p);

static inline uint64_t va_mfn(const void *p)
{
	return va_ma(p) >> 12;
}

/* Read what the boot loader left at INFO, build our own tables. */
void memory_init(uint32_t magic, uint32_t info);

/*
 * What boot_*_read() call while they do that: memory, and what lies in it.
 * Strings (machine addresses below 4 GiB, 0: none) are copied.
 */
void memory_found(enum memory_kind kind, uint64_t start, uint64_t end);
void memory_found_e820(uint32_t type, uint64_t start, uint64_t len);
void memory_found_module(uint64_t start, uint64_t end, uint64_t string);
void memory_found_cmdline(uint64_t string);

/* SIZE zeroed bytes of the free RAM, for good.  Panics when out. */
void *memory_take(uint64_t size);
/*
 * A zeroed table with SIZE bytes (a power of 2) for each frame up to max_mfn,
 * once.  Where a page of it has no frame of RAM it can only be read.  Panics
 * when out.
 */
void *memory_frame_table(uint64_t size);

/* N zeroed contiguous pages of ours (direct map); NULL when there are none. */
void *memory_alloc(unsigned n);
void memory_free(void *p, unsigned n);

/*
 * LEN bytes of device memory at MA, uncached; never unmapped.  Panics when out.
 */
void *memory_mmio(uint64_t ma, uint64_t len);

/* Entries 256..271 for every root a guest uses. */
extern uint64_t *memory_l4;
/* Map one page of ours at VA (slot 259) with these PTE flags; 0 unmaps. */
void memory_map(uint64_t va, uint64_t pte);
/* M2P of a domain: allocated, all ~0, and its L3 for slot 256. */
uint64_t *memory_m2p(uint64_t *l4e);
/* Does the firmware call the page at MA memory, of any kind? */
bool memory_is_ram(uint64_t ma);
/* Does the direct map cover machine address MA? */
bool memory_mapped(uint64_t ma);

#endif
