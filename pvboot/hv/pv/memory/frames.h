/*
 * What a machine frame of a guest may be used for: types and counts.  Functions
 * that return int give 0 or a negative XEN_E... number.
 */
#ifndef PVBOOT_HV_PV_MEMORY_FRAMES_H
#define PVBOOT_HV_PV_MEMORY_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"
#include "pvboot/hv/pv/memory/tlb.h"

enum frame_type {
	FT_NONE,
	FT_L1, FT_L2, FT_L3, FT_L4,
	FT_SEGDESC,		/* descriptors: never mapped writable */
	FT_WRITABLE,
};

#define FF_PINNED	1	/* the guest pinned it: one type reference */
#define FF_SHARED	2 /* ours, lent to the guest (shared_info, grants) */
#define FF_GUEST	4	/* guest RAM: may take any type */
#define FF_UNDO		8	/* in the list of paging_release() */

#define OWNER_HV	0	/* or nobody: there is no RAM */
#define OWNER_SPARE	0xff	/* the guest's once, free to be taken again */
#define OWNER_DOM(d)	((d)->id + 1)

/*
 * A machine frame.  COUNT references exist in all (present entries that map
 * it, types, pins, roots); TCOUNT of them need TYPE, which can only change
 * while TCOUNT is 0.
 */
struct frame {
	uint32_t count, tcount;
	uint32_t stamp;		/* tlb clock when a count last became 0 */
	int32_t linear;		/* >0: linear entries in it, <0: to it */
	uint32_t next;		/* in a list of frames.c */
	/*
	 * In a page table: the entries before this one are counted.  All 512
	 * when it is valid; else it is half validated or half released.
	 */
	uint16_t done;
	uint8_t owner, type, flags;
} __attribute__((aligned(32)));	/* found by a shift */

#define FRAME_COUNT_MAX	0x7fffffffU

static inline bool frame_is_table(const struct frame *f)
{
	return f->tcount && f->done == 512;
}

extern struct frame *frames;	/* by mfn, up to max_mfn */

/* Before anything else here: all frames are ours. */
void frames_init(void);

/*
 * Owners.  A frame of ours becomes D's RAM; a page of ours is lent to D to be
 * mapped writable, for good; D's RAM goes back when nothing refers to it and no
 * processor translates to it (-XEN_EINVAL), and is obtained again (INVALID_MFN
 * when there is none).
 */
void frame_give(struct domain *d, uint64_t mfn);
void frame_share(struct domain *d, uint64_t mfn);
/* D's page of ones, to be mapped read-only; INVALID_MFN: no memory. */
uint64_t frame_ones(struct domain *d);
/* It is ours alone again; frame_is_used() must have said no. */
void frame_unshare(struct domain *d, uint64_t mfn);
int frame_return(struct domain *d, uint64_t mfn);
uint64_t frame_obtain(struct domain *d);

/* Of a page that is lent: does an entry of the guest's map it? */
static inline bool frame_is_used(uint64_t mfn)
{
	return frames[mfn].count > 1;
}

/* NULL: not D's. */
static inline struct frame *frame_of(struct domain *d, uint64_t mfn)
{
	return mfn < max_mfn && frames[mfn].owner == OWNER_DOM(d) ?
		&frames[mfn] : NULL;
}

static inline bool frame_get(struct domain *d, uint64_t mfn)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || f->count >= FRAME_COUNT_MAX)
		return false;
	f->count++;
	return true;
}

static inline void frame_put(uint64_t mfn)
{
	struct frame *f = &frames[mfn];

	if (!--f->count)
		f->stamp = tlb_stamp();
}

int frame_get_type(struct domain *d, uint64_t mfn, unsigned type);
void frame_put_type(uint64_t mfn);
/* A type reference that the guest asks for and gives back by itself. */
int frame_pin(struct domain *d, uint64_t mfn, unsigned type);
int frame_unpin(struct domain *d, uint64_t mfn);

#endif
