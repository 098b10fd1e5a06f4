/*
 * Grant table, versions 1 and 2 (xen/grant_table.h).  Its frames are ours, lent
 * to the guest; entries are the guest's to write at any time, so each is read
 * once and then checked.
 *
 * An entry that is used is marked as such for the guest: in version 1 by flags
 * in the entry itself, set by compare and exchange, so that it cannot be
 * withdrawn at that moment; in version 2 by a status word elsewhere, after
 * which the entry is looked at again.  What we do later goes by our own active
 * entry: neither the mark nor what the guest writes there meanwhile is
 * believed.
 */
#include "pvboot/hv/pv/memory/grant.h"

#include <string.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/tlb.h"

#define ACTIVE_MAX	0x7fff
#define STATUS_WORDS	(PAGE_SIZE / sizeof(grant_status_t))
#define BACKEND_DOM	0
#define TRIES		64	/* to mark an entry that the guest changes */

_Static_assert(512 * sizeof(struct grant_active) == PAGE_SIZE &&
	       512 * sizeof(struct grant_entry_v1) == PAGE_SIZE &&
	       sizeof(struct grant_entry_v1) * 2 ==
	       sizeof(union grant_entry_v2),
	       "a frame's entries have their active ones in one page");
_Static_assert(GRANT_FRAMES * PAGE_SIZE / sizeof(union grant_entry_v2) <=
	       GRANT_STATUS * STATUS_WORDS, "status words for all entries");

union header {
	struct {
		uint16_t flags;
		domid_t domid;
	};
	uint32_t word;
};

static unsigned per_frame(const struct domain *d)
{
	return d->grants.version == 2 ?
		PAGE_SIZE / sizeof(union grant_entry_v2) :
		PAGE_SIZE / sizeof(struct grant_entry_v1);
}

unsigned grant_count(const struct domain *d)
{
	return d->grants.n_frames * per_frame(d);
}

static void *entry_of(struct domain *d, uint32_t ref)
{
	unsigned n = per_frame(d);

	return (uint8_t *)d->grants.frame[ref / n] + ref % n * (PAGE_SIZE / n);
}

/* Where the guest sees that entry REF is in use. */
static uint16_t *marks(struct domain *d, uint32_t ref)
{
	if (d->grants.version == 2)
		return &d->grants.status[ref / STATUS_WORDS]
			[ref % STATUS_WORDS];
	return entry_of(d, ref);
}

/* ---- growing, versions ---- */

/* As many status frames as N frames of entries need, of pages that are kept. */
static bool add_status(struct domain *d, unsigned n)
{
	struct grant_table *t = &d->grants;

	n = (n * per_frame(d) + STATUS_WORDS - 1) / STATUS_WORDS;

	for (; t->n_status < n; t->n_status++) {
		if (!t->status[t->n_status])
			t->status[t->n_status] = core_page();
		if (!t->status[t->n_status])
			return false;
		frame_share(d, core_mfn(t->status[t->n_status]));
	}
	return true;
}

int grant_grow(struct domain *d, unsigned n)
{
	struct grant_table *t = &d->grants;

	if (n > GRANT_FRAMES)
		return -XEN_EINVAL;
	while (t->n_frames < n) {
		void *page, *active;

		if (budget_empty())
			return -XEN_ERESTART;
		budget_charge(40 * BUDGET_CALL); /* two pages, cleared */
		if (t->version == 2 && !add_status(d, t->n_frames + 1))
			return -XEN_ENOMEM;
		page = core_page();
		active = core_page();
		if (!page || !active)
			return -XEN_ENOMEM;
		frame_share(d, core_mfn(page));
		t->frame[t->n_frames] = page;
		t->active[t->n_frames++] = active;
	}
	return 0;
}

/* The first frame exists from the start: console and store are granted. */
bool grant_init(struct domain *d)
{
	uint64_t mfn[2] = { d->console_ring.mfn, d->store_ring.mfn };
	struct grant_entry_v1 *e;
	unsigned i;

	d->grants.version = 1;
	if (grant_grow(d, 1))
		return false;
	for (i = 0, e = d->grants.frame[0]; i < 2; i++)
		e[i] = (struct grant_entry_v1){
			GTF_permit_access, BACKEND_DOM, (uint32_t)mfn[i]
		};
	return true;
}

static void clear(struct domain *d)
{
	unsigned i;

	for (i = 0; i < d->grants.n_frames; i++)
		memset(d->grants.frame[i], 0, PAGE_SIZE);
	budget_charge(8 * d->grants.n_frames);
}

/* The reserved entries stay; all others are empty afterwards. */
static int to_v2(struct domain *d)
{
	struct grant_entry_v1 old[GNTTAB_NR_RESERVED_ENTRIES];
	union grant_entry_v2 *e = d->grants.frame[0];
	unsigned i;

	memcpy(old, d->grants.frame[0], sizeof(old));
	d->grants.version = 2;
	if (!add_status(d, d->grants.n_frames)) {
		d->grants.version = 1;
		return -XEN_ENOMEM;
	}
	for (i = 0; i < d->grants.n_status; i++)
		memset(d->grants.status[i], 0, PAGE_SIZE);
	clear(d);
	for (i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++) {
		e[i].full_page.hdr.flags = old[i].flags;
		e[i].full_page.hdr.domid = old[i].domid;
		e[i].full_page.frame = old[i].frame;
	}
	return 0;
}

/* Status frames become ours again, and no processor sees them any more. */
static int take_status_back(struct domain *d)
{
	struct grant_table *t = &d->grants;
	unsigned i;

	for (i = 0; i < t->n_status; i++)
		if (frame_is_used(core_mfn(t->status[i])))
			return -XEN_EBUSY;
	while (t->n_status)
		frame_unshare(d, core_mfn(t->status[--t->n_status]));
	return 0;
}

static int to_v1(struct domain *d)
{
	union grant_entry_v2 old[GNTTAB_NR_RESERVED_ENTRIES];
	struct grant_entry_v1 *e = d->grants.frame[0];
	unsigned i;
	int err;

	memcpy(old, d->grants.frame[0], sizeof(old));
	for (i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++)
		if (old[i].hdr.flags & GTF_sub_page ||
		    (old[i].hdr.flags & GTF_type_mask) == GTF_transitive ||
		    old[i].full_page.frame >> 32)
			return -XEN_EINVAL;
	err = take_status_back(d);
	if (err)
		return err;
	d->grants.version = 1;
	clear(d);
	for (i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++)
		e[i] = (struct grant_entry_v1){
			old[i].hdr.flags, old[i].hdr.domid,
			(uint32_t)old[i].full_page.frame
		};
	return 0;
}

int grant_set_version(struct domain *d, unsigned version)
{
	if (version == d->grants.version)
		return 0;
	if (d->grants.in_use)
		return -XEN_EBUSY;
	return version == 2 ? to_v2(d) : to_v1(d);
}

/* ---- use ---- */

static bool granted(const struct domain *d, union header h, unsigned how)
{
	if ((h.flags & GTF_type_mask) != GTF_permit_access ||
	    h.domid != (how & GRANT_OWN ? d->id : BACKEND_DOM) ||
	    (how & GRANT_WRITE && h.flags & GTF_readonly))
		return false;
	return d->grants.version == 1 || how & GRANT_PART ||
		!(h.flags & GTF_sub_page);
}

/* Take from the marks what no user stands for. */
static void unmark(struct domain *d, uint32_t ref)
{
	const struct grant_active *a = grant_active(d, ref);
	uint16_t off = a->writers ? 0 : GTF_writing;

	if (!a->writers && !a->readers)
		off |= GTF_reading;
	__atomic_fetch_and(marks(d, ref), (uint16_t)~off, __ATOMIC_SEQ_CST);
}

/*
 * Mark it, if the guest gives it so; and if it does not write to it all the
 * time, from another of its processors.
 */
static bool claim(struct domain *d, uint32_t ref, unsigned how,
		  union header *h)
{
	uint32_t *at = entry_of(d, ref);
	union header new;
	unsigned i;

	new.word = 0;
	new.flags = GTF_reading | (how & GRANT_WRITE ? GTF_writing : 0);
	h->word = __atomic_load_n(at, __ATOMIC_SEQ_CST);
	if (d->grants.version == 2) {
		if (!granted(d, *h, how))
			return false;
		__atomic_fetch_or(marks(d, ref), new.flags, __ATOMIC_SEQ_CST);
		h->word = __atomic_load_n(at, __ATOMIC_SEQ_CST);
		if (granted(d, *h, how))
			return true;
		unmark(d, ref);
		return false;
	}
	for (i = 0; i < TRIES && granted(d, *h, how); i++)
		if (__atomic_compare_exchange_n(at, &h->word,
						h->word | new.word, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return true;
	return false;
}

/* What the entry with header H says; FALSE: no part of a page. */
static bool read_extent(struct domain *d, uint32_t ref, union header h,
			struct grant_extent *x)
{
	const volatile uint32_t *e = entry_of(d, ref);
	uint32_t part;

	x->off = 0;
	x->len = PAGE_SIZE;
	x->mfn = e[1];
	if (d->grants.version == 1)
		return true;
	x->mfn = *(const volatile uint64_t *)&e[2];
	if (h.flags & GTF_sub_page) {
		part = e[1];
		x->off = part & 0xffff;
		x->len = part >> 16;
	}
	return x->off + x->len <= PAGE_SIZE;
}

/* A reference, for a writer a typed one, on guest RAM. */
static int reference(struct domain *d, uint64_t mfn, unsigned how)
{
	struct frame *f = frame_of(d, mfn);

	if (!f || !(f->flags & FF_GUEST))
		return -XEN_EINVAL;
	if (how & GRANT_WRITE)
		return frame_get_type(d, mfn, FT_WRITABLE);
	return frame_get(d, mfn) ? 0 : -XEN_EINVAL;
}

/*
 * The frame is what the entry said when it was first claimed: while it is in
 * use the guest may write another number there, which means nothing.
 */
int grant_take(struct domain *d, uint32_t ref, unsigned how,
	       struct grant_extent *x)
{
	struct grant_active *a;
	union header h;
	bool in_use;
	int err = -XEN_EINVAL;

	if (ref >= grant_count(d))
		return GNTST_bad_gntref;
	a = grant_active(d, ref);
	in_use = a->readers || a->writers;
	if (a->readers >= ACTIVE_MAX || a->writers >= ACTIVE_MAX ||
	    (in_use && a->own != !!(how & GRANT_OWN)) ||
	    !claim(d, ref, how, &h))
		return GNTST_general_error;
	if (read_extent(d, ref, h, x)) {
		if (in_use)
			x->mfn = a->mfn;
		err = reference(d, x->mfn, how);
	}
	if (err) {
		unmark(d, ref);
		return budget_error(err, GNTST_general_error);
	}
	a->mfn = (uint32_t)x->mfn;
	a->own = !!(how & GRANT_OWN);
	d->grants.in_use += !in_use;
	if (how & GRANT_WRITE)
		a->writers++;
	else
		a->readers++;
	return 0;
}

void grant_drop(struct domain *d, uint32_t ref, unsigned how)
{
	struct grant_active *a = grant_active(d, ref);

	if (how & GRANT_WRITE) {
		frame_put_type(a->mfn);
		a->writers--;
	} else {
		frame_put(a->mfn);
		a->readers--;
	}
	d->grants.in_use -= !a->readers && !a->writers;
	unmark(d, ref);
}

void *grant_map(struct domain *d, uint32_t ref, bool write)
{
	struct grant_extent x;

	return grant_take(d, ref, write ? GRANT_WRITE : 0, &x) ? NULL :
		core_frame(x.mfn);
}

void grant_unmap(struct domain *d, uint32_t ref, bool write)
{
	grant_drop(d, ref, write ? GRANT_WRITE : 0);
}
