/*
 * Whose word counts where ranges of memory overlap, and which pieces are free:
 * arithmetic only, so that tests can do it.  A firmware's map is anybody's
 * bytes: in no order, overlapping, empty, wrapping, with no end.
 */
#ifndef PVBOOT_HV_MACHINE_RANGES_H
#define PVBOOT_HV_MACHINE_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/memmap.h"

#define RANGES_END	(512ULL << 30)	/* the direct map is one L4 slot */
#define RANGES_FREE	64

/* A later one is the more careful one. */
enum memory_kind { MEMORY_RAM, MEMORY_ACPI, MEMORY_RESERVED };

/* A piece of memory, page-aligned, end exclusive. */
struct ram {
	uint64_t start, end;
};

/* What was found; of each page the most careful thing that was said. */
struct ranges {
	struct memmap map;	/* types are enum memory_kind */
	bool full;		/* from then on nothing was added, only cut */
};

/* [START, END) of KIND: RAM's whole pages, all pages that others touch. */
void ranges_found(struct ranges *r, enum memory_kind kind, uint64_t start,
		  uint64_t end);
/* The next part of KIND in [LOW, HIGH); *I begins with 0. */
bool ranges_next(const struct ranges *r, unsigned *i, enum memory_kind kind,
		 uint64_t low, uint64_t high, struct ram *part);
/* How much of [LOW, HIGH) is of KIND. */
uint64_t ranges_bytes(const struct ranges *r, enum memory_kind kind,
		      uint64_t low, uint64_t high);

/* Free pieces, disjoint, some empty: the largest, if there are too many. */
struct ranges_free {
	unsigned n;
	struct ram ram[RANGES_FREE];
	uint64_t lost;		/* bytes that had no place here */
};

void ranges_give(struct ranges_free *f, uint64_t start, uint64_t end);
/* No page that [START, END) touches is free any more. */
void ranges_take(struct ranges_free *f, uint64_t start, uint64_t end);
/* The highest free place below HIGH for SIZE bytes; 0: there is none. */
uint64_t ranges_place(const struct ranges_free *f, uint64_t size,
		      uint64_t align, uint64_t high);

#endif
