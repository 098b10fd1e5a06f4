/*
 * Frame types and counts: what a machine frame of a guest may be used for.
 * A frame has one type while its type count is above 0; a page table or
 * descriptor page is never mapped writable, because "writable" is a type too.
 * Rules: pv-abi of Xen, xen/arch/x86/mm.c's comment; here for one processor.
 */
#include "pvboot/hv/pv/memory/frames.h"

#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

#define COUNT_MAX	0x7fffffffU

struct frame *frames;

void frames_init(void)
{
	uint64_t i;

	frames = memory_take(max_mfn * sizeof(*frames));
	for (i = 0; i < max_mfn; i++)
		frames[i].owner = OWNER_HV;
}

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
	frames[mfn].count--;
}

static int set_type(struct domain *d, struct frame *f, uint64_t mfn,
		    unsigned type)
{
	int err = 0;

	if (f->type != type && f->type != FT_NONE && f->stamp == tlb_clock)
		tlb_flush();
	f->type = (uint8_t)type;
	f->tcount = 1;
	if (type == FT_SEGDESC)
		err = segments_validate(mfn) ? 0 : -XEN_EINVAL;
	else if (type <= FT_L4)
		err = paging_validate(d, mfn, type);
	if (err) {
		f->tcount = 0;
		f->stamp = tlb_clock;
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
		f->stamp = tlb_clock;
	}
	f->count--;
}
