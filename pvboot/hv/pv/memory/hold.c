/*
 * Keeping pages of the guest's.  Relies on frames.c for the references; whoever
 * writes to a guest's page at a later time than the hypercall that named it
 * goes through here, and no other pointer to guest memory may be stored.
 */
#include "pvboot/hv/pv/memory/hold.h"

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/frames.h"

static void enlist(struct hold *h, struct hold **at)
{
	h->next = *at;
	h->link = at;
	if (h->next)
		h->next->link = &h->next;
	*at = h;
}

static void unlist(struct hold *h)
{
	*h->link = h->next;
	if (h->next)
		h->next->link = h->link;
	*h = (struct hold){ .mfn = 0 };
}

__attribute__((hot)) int
hold_take(struct domain *d, struct hold *h, uint64_t mfn, unsigned type)
{
	struct frame *f = frame_of(d, mfn);
	int err;

	if (!f || !(f->flags & FF_GUEST))
		return -XEN_EINVAL;
	err = frame_get_type(d, mfn, type);
	if (err)
		return err;
	h->mfn = mfn;
	h->type = (uint8_t)type;
	enlist(h, &d->holds);
	return 0;
}

__attribute__((hot)) void
hold_drop(struct hold *h)
{
	uint64_t mfn = h->mfn;

	if (!mfn)
		return;
	unlist(h);
	frame_put_type(mfn);
}

__attribute__((hot)) void
hold_replace(struct hold *to, struct hold *from)
{
	struct hold was = *to;
	struct hold **at;

	if (was.mfn)
		unlist(to);
	if (from->mfn) {
		to->mfn = from->mfn;
		to->type = from->type;
		at = from->link;
		unlist(from);
		enlist(to, at);
	}
	if (was.mfn)
		frame_put_type(was.mfn);
}

__attribute__((hot)) void *
hold_page(const struct hold *h)
{
	return core_frame(h->mfn);
}
