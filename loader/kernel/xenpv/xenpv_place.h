/*
 * Where every frame of a live domain goes when another kernel takes it over.
 */
#ifndef LOADER_KERNEL_XENPV_XENPV_PLACE_H
#define LOADER_KERNEL_XENPV_XENPV_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/kernel/xenpv/xenpv.h"

struct xenpv_place {
	uint64_t nr_pages;
	/*
	 * FROM[t] is the present pfn of what will be pfn t; XENPV_NONE where
	 * nothing is wanted.  On return, a permutation.
	 */
	uint64_t *from;
	uint64_t *placed;	/* bitmap of the present pfns in FROM */
	/*
	 * Present pfns that may not be mapped by the new kernel at its start:
	 * the page tables in use.  They go to pfns from MAP_END on.
	 */
	struct xenpv_range tables[2];
	uint64_t map_end;
};

/* Complete P.  Frames stay where they are if they can.  ERR_NO_MEMORY. */
int xenpv_place(struct xenpv_place *p);

#endif
