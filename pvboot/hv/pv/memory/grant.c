/*
 * Grant table, version 1.  Its frames are ours, lent to the guest; entries are
 * the guest's to write at any time, so each is read once and taken with an
 * atomic compare (xen/grant_table.h, "Introducing a valid entry").
 */
#include "pvboot/hv/pv/memory/grant.h"

#include <string.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#define PER_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))
_Static_assert(PER_FRAME * sizeof(struct grant_active) == PAGE_SIZE,
	       "the active entries of a frame fill a page");
#define BACKEND_DOM	0
#define OPS_MAX		1024	/* one call's, bounded */

static bool is_self(struct domain *d, domid_t dom)
{
	return dom == DOMID_SELF || dom == d->id;
}

/* Make the table N frames long.  False: no memory, or more than allowed. */
static bool grow(struct domain *d, unsigned n)
{
	if (n > GRANT_FRAMES)
		return false;
	while (d->grant_frames < n) {
		void *page = core_page(), *active = core_page();

		if (!page || !active)
			return false;
		frame_share(d, core_mfn(page));
		d->grant[d->grant_frames] = page;
		d->grant_active[d->grant_frames++] = active;
	}
	return true;
}

/* The first frame exists from the start: console and store are granted. */
bool grant_init(struct domain *d)
{
	uint64_t mfn[2] = { d->console_ring.mfn, d->store_ring.mfn };
	unsigned i;

	if (!grow(d, 1))
		return false;
	for (i = 0; i < 2; i++)
		d->grant[0][i] = (struct grant_entry_v1){
			GTF_permit_access, BACKEND_DOM, (uint32_t)mfn[i]
		};
	return true;
}

static struct grant_entry_v1 *entry_of(struct domain *d, uint32_t ref)
{
	if (ref >= d->grant_frames * PER_FRAME)
		return NULL;
	return &d->grant[ref / PER_FRAME][ref % PER_FRAME];
}

/* Mark the entry as in use; its frame, or INVALID_MFN. */
static uint64_t claim(struct grant_entry_v1 *e, bool write)
{
	uint16_t add = GTF_reading | (write ? GTF_writing : 0);
	union {
		struct { uint16_t flags, domid; };
		uint32_t word;
	} old, new;

	do {
		old.word = *(volatile uint32_t *)e;
		if ((old.flags & GTF_type_mask) != GTF_permit_access ||
		    old.domid != BACKEND_DOM ||
		    (write && old.flags & GTF_readonly))
			return INVALID_MFN;
		new = old;
		new.flags |= add;
	} while (!__atomic_compare_exchange_n((uint32_t *)e, &old.word,
					      new.word, false,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	return *(volatile uint32_t *)&e->frame;
}

static void release(struct grant_entry_v1 *e, const struct grant_active *a)
{
	if (!a->writers)
		__atomic_fetch_and(&e->flags, (uint16_t)~GTF_writing,
				   __ATOMIC_SEQ_CST);
	if (!a->writers && !a->readers)
		__atomic_fetch_and(&e->flags, (uint16_t)~GTF_reading,
				   __ATOMIC_SEQ_CST);
}

/* A reference, for a writer a typed one, on guest RAM. */
static bool reference(struct domain *d, uint64_t mfn, bool write)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || !(f->flags & FF_GUEST))
		return false;
	return write ? !frame_get_type(d, mfn, FT_WRITABLE) :
		frame_get(d, mfn);
}

/*
 * The frame is what the entry said when it was first claimed: while it is in
 * use the guest may write another number there, which means nothing.
 */
void *grant_map(struct domain *d, uint32_t ref, bool write)
{
	struct grant_entry_v1 *e = entry_of(d, ref);
	struct grant_active *a;
	uint64_t mfn;

	if (!e)
		return NULL;
	a = &d->grant_active[ref / PER_FRAME][ref % PER_FRAME];
	if (a->readers > 0x7fff || a->writers > 0x7fff)
		return NULL;
	mfn = claim(e, write);
	if (a->readers || a->writers)
		mfn = mfn == INVALID_MFN ? mfn : a->mfn;
	if (mfn == INVALID_MFN)
		return NULL;
	if (!reference(d, mfn, write)) {
		release(e, a);
		return NULL;
	}
	a->mfn = (uint32_t)mfn;
	if (write)
		a->writers++;
	else
		a->readers++;
	return core_frame(mfn);
}

void grant_unmap(struct domain *d, uint32_t ref, bool write)
{
	struct grant_active *a =
		&d->grant_active[ref / PER_FRAME][ref % PER_FRAME];

	if (write) {
		frame_put_type(a->mfn);
		a->writers--;
	} else {
		frame_put(a->mfn);
		a->readers--;
	}
	release(entry_of(d, ref), a);
}

/* ---- the guest's side ---- */

static int64_t setup_table(struct vcpu *v, uint64_t va)
{
	struct domain *d = v->domain;
	struct gnttab_setup_table s;
	uint64_t list;
	unsigned i;

	if (!guest_read(v, &s, va, sizeof(s)))
		return -XEN_EFAULT;
	list = (uint64_t)(uintptr_t)s.frame_list.p;
	s.status = GNTST_okay;
	if (!is_self(d, s.dom))
		s.status = GNTST_permission_denied;
	else if (!grow(d, s.nr_frames))
		s.status = GNTST_general_error;
	for (i = 0; !s.status && i < s.nr_frames; i++) {
		uint64_t mfn = core_mfn(d->grant[i]);

		if (!guest_write(v, list + i * 8ULL, &mfn, sizeof(mfn)))
			s.status = GNTST_bad_virt_addr;
	}
	return guest_write(v, va, &s, sizeof(s)) ? 0 : -XEN_EFAULT;
}

static int64_t query_size(struct vcpu *v, uint64_t va)
{
	struct domain *d = v->domain;
	struct gnttab_query_size q;

	if (!guest_read(v, &q, va, sizeof(q)))
		return -XEN_EFAULT;
	q.status = is_self(d, q.dom) ? GNTST_okay : GNTST_permission_denied;
	q.nr_frames = d->grant_frames;
	q.max_nr_frames = GRANT_FRAMES;
	return guest_write(v, va, &q, sizeof(q)) ? 0 : -XEN_EFAULT;
}

/* Whatever is asked for, it is version 1. */
static int64_t set_version(struct vcpu *v, uint64_t va)
{
	gnttab_set_version_t s;
	uint32_t want;

	if (!guest_read(v, &s, va, sizeof(s)))
		return -XEN_EFAULT;
	want = s.version;
	s.version = 1;
	if (!guest_write(v, va, &s, sizeof(s)))
		return -XEN_EFAULT;
	return want == 1 ? 0 : want == 2 ? -XEN_ENOSYS : -XEN_EINVAL;
}

static int64_t get_version(struct vcpu *v, uint64_t va)
{
	gnttab_get_version_t g;

	if (!guest_read(v, &g, va, sizeof(g)))
		return -XEN_EFAULT;
	if (!is_self(v->domain, g.dom))
		return -XEN_EPERM;
	g.version = 1;
	return guest_write(v, va, &g, sizeof(g)) ? 0 : -XEN_EFAULT;
}

/*
 * Nobody grants anything to this guest: each operation of a batch gets the
 * status "no such grant", in its 16-bit field at STATUS of SIZE bytes.
 */
static int64_t refuse(struct vcpu *v, uint64_t va, uint32_t count,
		      unsigned size, unsigned status)
{
	int16_t code = GNTST_bad_gntref;
	uint32_t i;

	if (count > OPS_MAX)
		return -XEN_EINVAL;
	budget_charge(2 * count);
	for (i = 0; i < count; i++)
		if (!guest_write(v, va + i * (uint64_t)size + status, &code,
				 sizeof(code)))
			return -XEN_EFAULT;
	return 0;
}

#define REFUSE(type) refuse(v, a[1], (uint32_t)a[2], sizeof(struct type), \
			       offsetof(struct type, status))

/* grant_table_op(cmd, array, count) */
int64_t do_grant_table_op(struct vcpu *v, const uint64_t *a)
{
	switch ((uint32_t)a[0]) {
	case GNTTABOP_map_grant_ref:
		return REFUSE(gnttab_map_grant_ref);
	case GNTTABOP_unmap_grant_ref:
		return REFUSE(gnttab_unmap_grant_ref);
	case GNTTABOP_unmap_and_replace:
		return REFUSE(gnttab_unmap_and_replace);
	case GNTTABOP_copy:
		return REFUSE(gnttab_copy);
	case GNTTABOP_transfer:
		return REFUSE(gnttab_transfer);
	}
	if ((uint32_t)a[2] != 1)
		return -XEN_EINVAL;
	switch ((uint32_t)a[0]) {
	case GNTTABOP_setup_table:
		return setup_table(v, a[1]);
	case GNTTABOP_query_size:
		return query_size(v, a[1]);
	case GNTTABOP_set_version:
		return set_version(v, a[1]);
	case GNTTABOP_get_version:
		return get_version(v, a[1]);
	}
	return -XEN_ENOSYS;
}
