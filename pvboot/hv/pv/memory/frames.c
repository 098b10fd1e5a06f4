/*
 * Frame types and counts: what a machine frame of a guest may be used for, and
 * whose it is.  Only this file writes a frame's owner, type, counts and stamp.
 *
 * A frame has one type while its type count is above 0; a page table or
 * descriptor page is never mapped writable, because "writable" is a type too.
 * Rules: pv-abi of Xen, xen/arch/x86/mm.c's comment.
 */
#include "pvboot/hv/pv/memory/frames.h"

#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

#define COUNT_MAX	0x7fffffffU

struct frame *frames;

static uint32_t spare_first;	/* OWNER_SPARE, linked by "next" */

void frames_init(void)
{
	uint64_t i;

	frames = memory_take(max_mfn * sizeof(*frames));
	for (i = 0; i < max_mfn; i++)
		frames[i].owner = OWNER_HV;
}

/* ---- whose ---- */

void frame_give(struct domain *d, uint64_t mfn)
{
	frames[mfn] = (struct frame){
		.owner = OWNER_DOM(d), .flags = FF_GUEST, .stamp = tlb_stamp()
	};
}

void frame_share(struct domain *d, uint64_t mfn)
{
	/* The count that never goes keeps it from becoming a page table. */
	frames[mfn] = (struct frame){
		.count = 1, .tcount = 1, .type = FT_WRITABLE,
		.owner = OWNER_DOM(d), .flags = FF_SHARED,
	};
}

int frame_return(struct domain *d, uint64_t mfn)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || !(f->flags & FF_GUEST) || f->count)
		return -XEN_EINVAL;
	tlb_forget(d, f->stamp);
	*f = (struct frame){ .owner = OWNER_SPARE, .next = spare_first };
	spare_first = (uint32_t)mfn;
	return 0;
}

uint64_t frame_obtain(struct domain *d)
{
	uint32_t mfn = spare_first;

	if (!mfn)
		return INVALID_MFN;
	spare_first = frames[mfn].next;
	frame_give(d, mfn);
	return mfn;
}

/* ---- references ---- */

struct frame *frame_of(struct domain *d, uint64_t mfn)
{
	struct frame *f = &frames[mfn];

	return mfn < max_mfn && f->owner == OWNER_DOM(d) ? f : NULL;
}

bool frame_get(struct domain *d, uint64_t mfn)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || f->count >= COUNT_MAX)
		return false;
	f->count++;
	return true;
}

void frame_put(uint64_t mfn)
{
	struct frame *f = &frames[mfn];

	if (!--f->count)
		f->stamp = tlb_stamp();
}

static int set_type(struct domain *d, struct frame *f, uint64_t mfn,
		    unsigned type)
{
	int err = 0;

	if (f->type != type)
		tlb_forget(d, f->stamp);
	f->type = (uint8_t)type;
	f->tcount = 1;
	if (type == FT_SEGDESC)
		err = segments_validate(mfn) ? 0 : -XEN_EINVAL;
	else if (type <= FT_L4)
		err = paging_validate(d, mfn, type);
	if (err) {
		f->tcount = 0;
		f->stamp = tlb_stamp();
	}
	return err;
}

int frame_get_type(struct domain *d, uint64_t mfn, unsigned type)
{
	struct frame *f = frame_of(d, mfn);
	int err = 0;

	if (!f || f->count >= COUNT_MAX)
		return -XEN_EINVAL;
	if (!f->tcount) {
		if (type != FT_WRITABLE && !(f->flags & FF_GUEST))
			return -XEN_EINVAL;
		f->count++;
		err = set_type(d, f, mfn, type);
		if (err)
			f->count--;
		return err;
	}
	if (f->type != type)
		return -XEN_EBUSY;
	/* Only itself can be asked for while it is being validated. */
	if (type <= FT_L4 && !(f->flags & FF_VALID))
		return -XEN_EINVAL;
	f->count++;
	f->tcount++;
	return 0;
}

void frame_put_type(uint64_t mfn)
{
	struct frame *f = &frames[mfn];

	if (!--f->tcount) {
		if (f->type <= FT_L4)
			paging_undo(mfn, f->type);
		f->stamp = tlb_stamp();
	}
	f->count--;
}

int frame_pin(struct domain *d, uint64_t mfn, unsigned type)
{
	struct frame *f = frame_of(d, mfn);
	int err;

	if (!f || f->flags & FF_PINNED)
		return -XEN_EINVAL;
	err = frame_get_type(d, mfn, type);
	if (!err)
		f->flags |= FF_PINNED;
	return err;
}

int frame_unpin(struct domain *d, uint64_t mfn)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || !(f->flags & FF_PINNED))
		return -XEN_EINVAL;
	f->flags &= (uint8_t)~FF_PINNED;
	frame_put_type(mfn);
	return 0;
}
