/*
 * Frame types and counts: what a machine frame of a guest may be used for, and
 * whose it is.  Only this file writes a frame's owner, type, counts and stamp.
 *
 * A frame has one type while its type count is above 0; a page table or
 * descriptor page is never mapped writable, because "writable" is a type too.
 * Rules: pv-abi of Xen, xen/arch/x86/mm.c's comment.
 */
#include "pvboot/hv/pv/memory/frames.h"

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

struct frame *frames;

static uint32_t spare_first;	/* OWNER_SPARE, linked by "next" */

void frames_init(void)
{
	uint64_t i;

	frames = core_take(max_mfn * sizeof(*frames));
	for (i = 0; i < max_mfn; i++)
		frames[i].owner = OWNER_HV;
}

/* Nothing of what it was before, or of a validation nobody went on with. */
static int unwind(struct frame *f, uint64_t mfn, unsigned type)
{
	if (!f->done || (f->type == type && !(f->flags & FF_UNDO)))
		return 0;
	paging_release(mfn);
	return paging_settle() ? 0 : -XEN_ERESTART;
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

	int err;

	if (!f || !(f->flags & FF_GUEST) || f->count)
		return -XEN_EINVAL;
	err = unwind(f, mfn, FT_NONE);
	if (err)
		return err;
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

static int set_type(struct domain *d, struct frame *f, uint64_t mfn,
		    unsigned type)
{
	int err = unwind(f, mfn, type);

	if (err)
		return err;
	if (f->type != type)
		tlb_forget(d, f->stamp);
	f->type = (uint8_t)type;
	f->count++;
	f->tcount = 1;
	if (type == FT_SEGDESC)
		err = segments_validate(mfn) ? 0 : -XEN_EINVAL;
	else if (type <= FT_L4)
		err = paging_validate(d, mfn, type);
	if (err) {
		f->count--;
		f->tcount = 0;
		f->stamp = tlb_stamp();
		if (err != -XEN_ERESTART && f->done)
			paging_release(mfn);
	}
	return err;
}

int frame_get_type(struct domain *d, uint64_t mfn, unsigned type)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || f->count >= FRAME_COUNT_MAX)
		return -XEN_EINVAL;
	if (!f->tcount) {
		/* The most common by far: nothing to flush, nothing to check. */
		if (type == FT_WRITABLE && f->type == type) {
			f->count++;
			f->tcount = 1;
			return 0;
		}
		if (type != FT_WRITABLE && !(f->flags & FF_GUEST))
			return -XEN_EINVAL;
		return set_type(d, f, mfn, type);
	}
	if (f->type != type)
		return -XEN_EBUSY;
	/* Only itself can be asked for while it is being validated. */
	if (type <= FT_L4 && !frame_is_table(f))
		return -XEN_EINVAL;
	f->count++;
	f->tcount++;
	return 0;
}

void frame_put_type(uint64_t mfn)
{
	struct frame *f = &frames[mfn];

	f->count--;
	if (!--f->tcount) {
		f->stamp = tlb_stamp();
		if (f->done)
			paging_release(mfn);
	}
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
