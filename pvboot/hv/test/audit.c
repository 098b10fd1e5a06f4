/*
 * Recomputes all types and counts of a domain's frames, and says where they are
 * not what they should be.  It walks every table that has a type, or is on the
 * way to one or from one, and adds up what it refers to, then all that we
 * ourselves hold.  It believes no count.
 */
#include "pvboot/hv/test/audit.h"

#include <string.h>

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"

#define AUDIT_FRAMES	(1U << 17)	/* machines of up to 512 MiB */

static uint32_t want_count[AUDIT_FRAMES], want_tcount[AUDIT_FRAMES];
static int32_t want_linear[AUDIT_FRAMES];
static unsigned bad;

static void complain(uint64_t mfn, const char *what, long have, long want)
{
	const struct frame *f = &frames[mfn];

	if (bad++ < 20)
		hv_log("audit: frame %lx (owner %u type %u flags %x): %s %ld, "
		       "should be %ld", mfn, f->owner, f->type, f->flags,
		       what, have, want);
}

/* A reference to MFN that needs TYPE (FT_NONE: any). */
static void ref(struct domain *d, uint64_t mfn, unsigned type)
{
	struct frame *f = frame_of(d, mfn);

	if (!f) {
		complain(mfn < max_mfn ? mfn : 0, "not the domain's", (long)mfn,
			 0);
		return;
	}
	want_count[mfn]++;
	if (!type)
		return;
	want_tcount[mfn]++;
	if (f->type != type || !f->tcount)
		complain(mfn, "type", f->type, type);
}

static void table_entry(struct domain *d, uint64_t self, uint64_t e)
{
	unsigned level = frames[self].type;
	uint64_t mfn = (e & PTE_ADDR) >> 12;

	if (level == FT_L1) {
		ref(d, mfn, e & PTE_RW ? FT_WRITABLE : FT_NONE);
		return;
	}
	if (e & PTE_PSE)
		complain(self, "superpage", (long)e, 0);
	if (mfn == self) {
		if (e & PTE_RW)
			complain(self, "writable self map", 1, 0);
		return;
	}
	if (mfn < max_mfn && frames[mfn].type == level) {
		if (e & PTE_RW)
			complain(self, "writable linear map", 1, 0);
		want_linear[self]++;
		want_linear[mfn]--;
		ref(d, mfn, level);
		return;
	}
	ref(d, mfn, level - 1);
}

static void walk_table(struct domain *d, uint64_t mfn)
{
	const uint64_t *t = core_frame(mfn);
	unsigned i;

	if (frames[mfn].tcount && frames[mfn].done != 512)
		complain(mfn, "entries counted", frames[mfn].done, 512);
	for (i = 0; i < frames[mfn].done; i++) {
		if (frames[mfn].type == FT_L4 && i >= 256 && i < 272) {
			if (frames[mfn].tcount && t[i] != core_slot(i) &&
			    !(i == 256 && t[i] == d->m2p_l4e))
				complain(mfn, "entry in the hole", i, 0);
			continue;
		}
		if (t[i] & PTE_P)
			table_entry(d, mfn, t[i]);
	}
}

static void count_holds(struct domain *d)
{
	const struct hold *h;

	for (h = d->holds; h; h = h->next) {
		ref(d, h->mfn, h->type);
		if (*h->link != h)
			complain(h->mfn, "hold's link", 0, 1);
	}
}

static unsigned handles[GRANT_FRAMES * 512][2];	/* by entry: to read, write */

/* What the guest has mapped of its own; each handle is in use or free. */
static void count_mappings(struct domain *d)
{
	const struct grant_table *t = &d->grants;
	unsigned i, next, n_free = 0, n_used = 0, n;

	memset(handles, 0, sizeof(handles));
	for (i = 0; i < t->n_mappings; i++) {
		const struct grant_mapping *m = &t->mapping[i / 512][i % 512];

		n = !!(m->flags & GNTMAP_host_map) +
			!!(m->flags & GNTMAP_device_map);
		n_used += n > 0;
		if (n)
			handles[m->ref][!(m->flags & GNTMAP_readonly)] += n;
	}
	for (next = t->free_mapping; next < t->n_mappings && n_free <= i;
	     next = t->mapping[next / 512][next % 512].ref)
		n_free++;
	if (n_free + n_used != t->n_mappings)
		complain(0, "free handles", n_free, t->n_mappings - n_used);
}

/* What backends use, and the guest itself. */
static void count_grants(struct domain *d)
{
	unsigned i, n, in_use = 0;

	count_mappings(d);
	for (i = 0; i < d->grants.n_frames * 512; i++) {
		const struct grant_active *a = grant_active(d, i);

		in_use += a->readers || a->writers;
		for (n = a->readers; n; n--)
			ref(d, a->mfn, FT_NONE);
		for (n = a->writers; n; n--)
			ref(d, a->mfn, FT_WRITABLE);
		if (a->own && (handles[i][0] != a->readers ||
			       handles[i][1] != a->writers))
			complain(a->mfn, "handles of its grant", handles[i][0] +
				 handles[i][1], a->readers + a->writers);
		if (!a->own && (handles[i][0] || handles[i][1]))
			complain(a->mfn, "handles of a backend's grant", i, 0);
	}
	if (d->grants.in_use != in_use)
		complain(0, "grants in use", d->grants.in_use, in_use);
}

static void compare(uint64_t mfn)
{
	const struct frame *f = &frames[mfn];

	if (f->count != want_count[mfn])
		complain(mfn, "count", f->count, want_count[mfn]);
	if (f->tcount != want_tcount[mfn])
		complain(mfn, "type count", f->tcount, want_tcount[mfn]);
	if (f->linear != want_linear[mfn])
		complain(mfn, "linear", f->linear, want_linear[mfn]);
	if (f->flags & FF_PINNED && (!f->tcount || f->type > FT_L4))
		complain(mfn, "pinned type", f->type, 0);
}

unsigned audit_domain(struct domain *d)
{
	uint64_t mfn;

	if (max_mfn > AUDIT_FRAMES)
		panic("audit: the machine has too much memory");
	bad = 0;
	memset(want_count, 0, max_mfn * 4);
	memset(want_tcount, 0, max_mfn * 4);
	memset(want_linear, 0, max_mfn * 4);
	for (mfn = 0; mfn < max_mfn; mfn++) {
		struct frame *f = frame_of(d, mfn);

		if (!f)
			continue;
		if (f->type != FT_NONE && f->type <= FT_L4)
			walk_table(d, mfn);
		else if (f->done)
			complain(mfn, "entries counted", f->done, 0);
		if (f->flags & FF_PINNED)
			ref(d, mfn, f->type);
		if (f->flags & FF_SHARED)
			ref(d, mfn, mfn == d->ones ? FT_SEGDESC : FT_WRITABLE);
	}
	count_holds(d);
	count_grants(d);
	for (mfn = 0; mfn < max_mfn; mfn++)
		if (frame_of(d, mfn))
			compare(mfn);
	return bad;
}
