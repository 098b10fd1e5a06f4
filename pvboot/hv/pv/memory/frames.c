/*
 * Frame types and counts: what a machine frame of a guest may be used for, and
 * whose it is.  Only this file writes a frame's owner, type, counts and stamp.
 * The rules are those of Xen's PV ABI (xen/arch/x86/mm.c), for one domain at a
 * time and under one lock.
 *
 * The invariant, which test/audit.c recomputes:
 *
 * COUNT is the number of references to the frame: present entries that map it,
 * links from tables, pins, holds (hold.c: roots, GDT, LDT, vcpu_info, rings),
 * grants in use.  TCOUNT is how many of them rely on TYPE:
 *
 *	L1..L4		links from tables one level up (or, read-only, of the
 *			same level, see paging.c), pins, roots
 *	SEGDESC		GDT and LDT pages in use
 *	WRITABLE	entries with the write bit, and whatever of ours writes
 *			to the page: rings, vcpu_info, grants for writing, the
 *			target of a store while it is made
 *
 * TYPE may change only while TCOUNT is 0.  So a page table or descriptor page
 * is mapped writable nowhere, and nothing that we or a device may write to
 * becomes one.  Who may write what:
 *
 *	a guest, directly	frames of type WRITABLE
 *	paging.c		entries of valid tables, by compare and exchange
 *	the processor		accessed and dirty bits of tables it walks,
 *				"accessed" of descriptors
 *	we, for a guest		what guest_mem.c finds writable by the guest's
 *				own tables, or what we hold as WRITABLE
 *				meanwhile
 *
 * A processor may go on using what is no longer in a table.  When a count drops
 * to 0 the frame takes the time of tlb.c's clock (STAMP); a change of type or
 * of owner flushes every processor that has not flushed since, before the
 * frame is anything else.  That goes for read-only translations and cached
 * walks as well: COUNT's end is stamped, too.  No later flush is relied upon.
 *
 * A processor that is doing something for its own guest without the lock
 * (traps.c) is to others still in that guest: what it has found by a walk of
 * its own is one more translation, which is gone before it answers a flush or
 * loads CR3 (tlb_tick()).  It marks nothing and counts nothing.
 *
 * DONE says how many entries of a table are counted.  With TCOUNT it has four
 * states: 0 and 0, no table; 512 and above 0, valid; anything and 0, half way
 * to the one or back to the other (whoever wants the frame next goes on, or has
 * it unwound first; while that is so nothing can write to it, since TYPE would
 * have to change).  The fourth, below 512 and above 0, is a table that is just
 * being validated, and is refused to everybody.
 *
 * Frames with FF_SHARED are ours, lent (shared_info, grant table): their
 * WRITABLE reference stays for as long as that is so.  The page of ones has one
 * of type SEGDESC instead, so that no entry makes it writable.  Pinning is a
 * typed reference that the guest takes and drops itself.
 */
#include "pvboot/hv/pv/memory/frames.h"

#include <string.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

struct frame *frames;

static uint32_t spare_first;	/* OWNER_SPARE, linked by "next" */

void frames_init(void)
{
	frames = core_frame_table(sizeof(*frames));
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

static void share(struct domain *d, uint64_t mfn, unsigned type)
{
	/* The count that never goes keeps it from becoming a page table. */
	frames[mfn] = (struct frame){
		.count = 1, .tcount = 1, .type = (uint8_t)type,
		.owner = OWNER_DOM(d), .flags = FF_SHARED,
	};
}

void frame_share(struct domain *d, uint64_t mfn)
{
	share(d, mfn, FT_WRITABLE);
}

uint64_t frame_ones(struct domain *d)
{
	void *page;

	if (d->ones)
		return d->ones;
	page = core_page();
	if (!page)
		return INVALID_MFN;
	memset(page, 0xff, PAGE_SIZE);
	d->ones = core_mfn(page);
	share(d, d->ones, FT_SEGDESC);
	return d->ones;
}

void frame_unshare(struct domain *d, uint64_t mfn)
{
	/* The last entry has left no stamp: COUNT did not become 0. */
	tlb_forget(d, tlb_stamp());
	frames[mfn] = (struct frame){ .owner = OWNER_HV };
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

static __attribute__((noinline)) int
set_type(struct domain *d, struct frame *f, uint64_t mfn, unsigned type)
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

__attribute__((hot)) int
frame_get_type(struct domain *d, uint64_t mfn, unsigned type)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || f->count >= FRAME_COUNT_MAX)
		return -XEN_EINVAL;
	if (!f->tcount) {
		/*
		 * The most common by far: nothing to flush, nothing to check.
		 */
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

__attribute__((hot)) void
frame_put_type(uint64_t mfn)
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
