/*
 * The memory of the kernel to come, under the addresses it will have: its pfn
 * t is at MAP_DEST + t * 4096 once it has a frame.
 */
#ifndef PVBOOT_GUEST_DEST_H
#define PVBOOT_GUEST_DEST_H

#include <stdint.h>

#include "loader/kernel/xenpv/xenpv.h"

/*
 * Begin: FROM lists, per pfn, the present one of its frame (see xenpv_place).
 */
int dest_open(const struct xenpv *x);
extern uint64_t *dest_from;

/* Give pfns [t, t + n) frames, where they have none.  ERR_NO_MEMORY. */
int dest_map(uint64_t t, uint64_t n);

/*
 * Let the page at VA, one of ours, be pfn T.  False if it cannot: either is
 * taken already.
 */
bool dest_move(uint64_t t, const void *va);
/* All moves so far take effect. */
void dest_flush(void);

/* Make the frames of [t, t + n) read-only to us. */
void dest_protect(struct xenpv_range r);

/* Undo everything. */
void dest_close(void);

static inline void *dest_at(uint64_t t)
{
	return (void *)(0x220000000000ul + t * 4096);
}

#endif
