/*
 * Recomputes all types and counts of a domain's frames, and says where they are
 * not what they should be.  It walks every table that has a type, or is on the
 * way to one or from one, and adds up what it refers to, then all that we
 * ourselves hold.  It believes no count.  Of a large machine it adds up a part
 * at a time, each time from all tables, so that it needs no more memory.
 */
#include "pvboot/hv/test/audit.h"

#include <string.h>

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"

#define AUDIT_FRAMES	(1U << 17)	/* in a part: 512 MiB */

/* What is to be found in the part, by frame. */
static struct want {
	uint32_t count, tcount;
	int32_t linear;
} part[AUDIT_FRAMES], elsewhere;
static uint64_t part_start;
static unsigned bad;

static struct want *want(uint64_t mfn)
{
	return mfn - part_start < AUDIT_FRAMES ? &part[mfn - part_start] :
		&elsewhere;
}

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
	want(mfn)->count++;
	if (!type)
		return;
	want(mfn)->tcount++;
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
		want(self)->linear++;
		want(mfn)->linear--;
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
	const struct want *w = want(mfn);

	if (f->count != w->count)
		complain(mfn, "count", f->count, w->count);
	if (f->tcount != w->tcount)
		complain(mfn, "type count", f->tcount, w->tcount);
	if (f->linear != w->linear)
		complain(mfn, "linear", f->linear, w->linear);
	if (f->flags & FF_PINNED && (!f->tcount || f->type > FT_L4))
		complain(mfn, "pinned type", f->type, 0);
}

static void count_frames(struct domain *d)
{
	for (uint64_t mfn = 0; mfn < max_mfn; mfn++) {
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
}

static void audit_part(struct domain *d, uint64_t end)
{
	memset(part, 0, (end - part_start) * sizeof(part[0]));
	count_frames(d);
	count_holds(d);
	count_grants(d);
	for (uint64_t mfn = part_start; mfn < end; mfn++)
		if (frame_of(d, mfn))
			compare(mfn);
}

/* What is wrong in a table is wrong for every part: the first one is enough. */
unsigned audit_domain(struct domain *d)
{
	bad = 0;
	for (part_start = 0; part_start < max_mfn && !bad;
	     part_start += AUDIT_FRAMES)
		audit_part(d, max_mfn - part_start < AUDIT_FRAMES ? max_mfn :
			   part_start + AUDIT_FRAMES);
	return bad;
}
