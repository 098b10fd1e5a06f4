/*
 * The guest's page tables: every entry that becomes present takes references
 * on what it points to, every entry that goes gives them back.  Entries may be
 * read-only links to a table of the same level ("linear" page tables, as
 * NetBSD has them); those never nest, see get_linear().
 */
#include "pvboot/hv/pv/memory/paging.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

#define HOLE_FIRST	256
#define HOLE_LAST	271
#define PTE_GNTTAB	(1ULL << 62)
/* A guest without devices has no business with caching attributes. */
#define L1_REFUSED	(PTE_PWT | PTE_PCD | PTE_PAT | PTE_GNTTAB)
#define LN_REFUSED	(PTE_PWT | PTE_PCD | PTE_PSE | PTE_G | PTE_GNTTAB)
/* What may change in place: counts do not depend on it. */
#define HARMLESS	(PTE_A | PTE_D | 0xe00)

static uint64_t pte_mfn(uint64_t e)
{
	return (e & PTE_ADDR) >> 12;
}

static bool in_hole(unsigned level, unsigned slot)
{
	return level == FT_L4 && slot >= HOLE_FIRST && slot <= HOLE_LAST;
}

static int get_l1e(struct domain *d, uint64_t e)
{
	uint64_t mfn = pte_mfn(e);

	if (e & L1_REFUSED)
		return -XEN_EINVAL;
	if (e & PTE_RW)
		return frame_get_type(d, mfn, FT_WRITABLE);
	return frame_get(d, mfn) ? 0 : -XEN_EINVAL;
}

static void put_l1e(uint64_t e)
{
	if (e & PTE_RW)
		frame_put_type(pte_mfn(e));
	else
		frame_put(pte_mfn(e));
}

/*
 * A read-only entry in SELF to a valid table of the same level.  A table is
 * either the end of such links or the start of some, never both: so undoing
 * one recurses at most once more per level.
 */
static int get_linear(struct domain *d, uint64_t self, uint64_t e,
		      unsigned level)
{
	uint64_t mfn = pte_mfn(e);
	struct frame *f = frame_of(d, mfn), *s = &frames[self];
	int err;

	if (e & PTE_RW || !f)
		return -XEN_EINVAL;
	if (mfn == self)
		return 0;
	if (f->type != level || !f->tcount || !(f->flags & FF_VALID) ||
	    f->linear > 0 || s->linear < 0)
		return -XEN_EINVAL;
	err = frame_get_type(d, mfn, level);
	if (!err) {
		f->linear--;
		s->linear++;
	}
	return err;
}

static int get_entry(struct domain *d, uint64_t self, uint64_t e,
		     unsigned level)
{
	int err;

	if (level == FT_L1)
		return get_l1e(d, e);
	if (e & LN_REFUSED)
		return -XEN_EINVAL;
	if (pte_mfn(e) == self)
		return get_linear(d, self, e, level);
	err = frame_get_type(d, pte_mfn(e), level - 1);
	if (err && !get_linear(d, self, e, level))
		err = 0;
	return err;
}

static void put_entry(uint64_t self, uint64_t e, unsigned level)
{
	uint64_t mfn = pte_mfn(e);

	if (level == FT_L1) {
		put_l1e(e);
		return;
	}
	if (mfn == self)
		return;
	if (frames[mfn].type == level) {
		frames[mfn].linear++;
		frames[self].linear--;
	}
	frame_put_type(mfn);
}

static void put_entries(uint64_t mfn, unsigned level, unsigned n)
{
	uint64_t *t = mfn_va(mfn);
	unsigned i;

	for (i = 0; i < n; i++)
		if (t[i] & PTE_P && !in_hole(level, i))
			put_entry(mfn, t[i], level);
}

int paging_validate(struct domain *d, uint64_t mfn, unsigned type)
{
	uint64_t *t = mfn_va(mfn);
	unsigned i;
	int err;

	for (i = 0; i < 512; i++) {
		if (!(t[i] & PTE_P) || in_hole(type, i))
			continue;
		err = get_entry(d, mfn, t[i], type);
		if (err) {
			put_entries(mfn, type, i);
			return err;
		}
		t[i] |= PTE_US;
	}
	if (type == FT_L4)
		paging_fill_root(d, mfn, false);
	frames[mfn].flags |= FF_VALID;
	return 0;
}

void paging_undo(uint64_t mfn, unsigned type)
{
	frames[mfn].flags &= (uint8_t)~FF_VALID;
	put_entries(mfn, type, 512);
}

void paging_fill_root(struct domain *d, uint64_t mfn, bool kernel)
{
	uint64_t *t = mfn_va(mfn);
	unsigned i;

	for (i = HOLE_FIRST; i <= HOLE_LAST; i++)
		t[i] = memory_l4[i];
	t[HOLE_FIRST] = kernel ? d->m2p_l4e : 0;
}

int paging_set(struct domain *d, uint64_t mfn, unsigned slot, uint64_t val)
{
	struct frame *f = &frames[mfn];
	unsigned level = f->type;
	uint64_t *e = (uint64_t *)mfn_va(mfn) + slot, old = *e;
	int err;

	if (!f->tcount || !(f->flags & FF_VALID) || in_hole(level, slot))
		return -XEN_EINVAL;
	if (val & PTE_P) {
		val |= PTE_US;
		if (old & PTE_P && !((old ^ val) & ~HARMLESS)) {
			*e = val;
			return 0;
		}
		err = get_entry(d, mfn, val, level);
		if (err)
			return err;
	}
	*e = val;
	if (old & PTE_P) {
		if (level != FT_L1)	/* walks may be cached */
			tlb_flush_later(d);
		put_entry(mfn, old, level);
	}
	return 0;
}

uint64_t *paging_walk(struct vcpu *v, uint64_t va)
{
	uint64_t mfn = v->kernel_root.mfn, e;
	int shift;

	if (!guest_range(va, 1))
		return NULL;
	for (shift = 39; shift > 12; shift -= 9) {
		e = ((uint64_t *)mfn_va(mfn))[va >> shift & 511];
		/* Without "user" it is ours, seen through a linear table. */
		if ((e & (PTE_P | PTE_US)) != (PTE_P | PTE_US))
			return NULL;
		mfn = pte_mfn(e);
	}
	if (frames[mfn].type != FT_L1 || !frames[mfn].tcount)
		return NULL;
	return (uint64_t *)mfn_va(mfn) + (va >> 12 & 511);
}

void paging_load(struct vcpu *v)
{
	write_cr3((v->kernel_mode ? v->kernel_root.mfn :
		   v->user_root.mfn) << 12);
}

int paging_new_root(struct vcpu *v, uint64_t mfn)
{
	struct hold new = { .mfn = 0 }, old = { .mfn = 0 };
	int err = 0;

	if (mfn == v->kernel_root.mfn) {
		tlb_flush(v);
		return 0;
	}
	err = hold_take(v->domain, &new, mfn, FT_L4);
	if (err)
		return err;
	segments_drop_ldt(v);
	hold_replace(&old, &v->kernel_root);
	hold_replace(&v->kernel_root, &new);
	paging_fill_root(v->domain, mfn, true);
	paging_load(v);
	tlb_flushed(v);
	hold_drop(&old);
	return 0;
}

int paging_new_user_root(struct vcpu *v, uint64_t mfn)
{
	struct hold new = { .mfn = 0 };
	int err = 0;

	if (mfn)
		err = hold_take(v->domain, &new, mfn, FT_L4);
	if (err)
		return err;
	hold_replace(&v->user_root, &new);
	if (mfn && mfn != v->kernel_root.mfn)
		paging_fill_root(v->domain, mfn, false);
	return 0;
}
