/*
 * The guest's page tables.  The guest may read them, and change them only
 * through here; what a processor walks is always valid (frames.c).
 *
 * Every entry that becomes present takes references on what it points to, every
 * entry that goes gives them back:
 *
 *	in an L1 table	the page: one of type WRITABLE if the entry has the
 *			write bit, else an untyped one
 *	above		a table one level down, of that type
 *	or		a read-only link to a table of the same level ("linear"
 *			tables, as NetBSD has them), of that type
 *	slots 256..271 of an L4 table are ours: never counted, never the guest's
 *
 * Superpages, caching attributes and Xen's own bit are refused; the user bit is
 * set in all.  Changing accessed, dirty and the available bits alone changes no
 * reference (XSA-182: nothing else, at no level).
 *
 * Links: a table may link to itself, which counts nothing, as it ends with the
 * table; and to others, but is then linked to by none: frame.linear is above 0
 * for one that has links, below for one that is linked to.  So there are no
 * circles that would keep each other alive (XSA-240).
 *
 * Validation recurses at most once per level.  It stops when the budget is
 * spent; entries up to frame.done are then counted in each table on the way,
 * and the guest's next try goes on there.  If an entry is refused, or the last
 * typed reference goes, the table joins a list; its entries are given back
 * from the last to the first, without recursion, before anything else is done
 * for a guest (paging_settle()).
 *
 * Entries are replaced by compare and exchange, new reference before, old one
 * after: a processor may set accessed and dirty at any time, and a table never
 * names what it holds no reference on.  Paging structures above L1 that a
 * processor caches are harmless (frames.c flushes before such a table becomes
 * anything else), but the guest expects them gone: tlb_flush_later().
 */
#include "pvboot/hv/pv/memory/paging.h"

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

#define SLOTS		512
#define SCANNED		16	/* entries that are not present, for a unit */
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

static __attribute__((hot)) int
get_l1e(struct domain *d, uint64_t e)
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
 * either the end of such links or the start of some, never both.
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
	if (f->type != level || !frame_is_table(f) ||
	    f->linear > 0 || s->linear < 0)
		return -XEN_EINVAL;
	err = frame_get_type(d, mfn, level);
	if (!err) {
		f->linear--;
		s->linear++;
	}
	return err;
}

static __attribute__((noinline)) int
get_table(struct domain *d, uint64_t self, uint64_t e, unsigned level)
{
	int err;

	if (e & LN_REFUSED)
		return -XEN_EINVAL;
	if (pte_mfn(e) == self)
		return get_linear(d, self, e, level);
	err = frame_get_type(d, pte_mfn(e), level - 1);
	if (err && err != -XEN_ERESTART && !get_linear(d, self, e, level))
		err = 0;
	return err;
}

/*
 * Device memory, of which a guest has none, reads as ones: it gets a read-only
 * page of them instead.  Linux looks at a chipset's register that way and does
 * not survive an error.
 */
static bool to_ones(struct domain *d, uint64_t *e)
{
	uint64_t ones;

	if (*e & PTE_GNTTAB || core_is_ram(pte_mfn(*e)))
		return false;
	ones = frame_ones(d);
	*e = (*e & ~(PTE_ADDR | PTE_RW | L1_REFUSED)) | ones << 12;
	return ones != INVALID_MFN;
}

/* Count what *E, to be an entry of SELF, refers to; it may become another. */
static inline int get_new_entry(struct domain *d, uint64_t self, uint64_t *e,
				unsigned level)
{
	int err;

	if (level != FT_L1)
		return get_table(d, self, *e, level);
	err = get_l1e(d, *e);
	return err == -XEN_EINVAL && to_ones(d, e) ? get_l1e(d, *e) : err;
}

static __attribute__((hot)) void
put_entry(uint64_t self, uint64_t e, unsigned level)
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

/* No guest changes these as long as MFN is a root. */
static void fill_hole(uint64_t mfn)
{
	uint64_t *t = core_frame(mfn);
	unsigned i;

	t[HOLE_FIRST] = 0;
	for (i = HOLE_FIRST + 1; i <= HOLE_LAST; i++)
		t[i] = core_slot(i);
}

/* Most tables are mostly empty: eight entries at a time, of T from I on. */
static inline bool eight_absent(const uint64_t *t, unsigned i)
{
	t += i;
	return !((t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7]) &
		 PTE_P);
}

/* The first present entry from I on; SLOTS: none. */
static unsigned next_present(const uint64_t *t, unsigned i)
{
	unsigned from = i;

	while (i < SLOTS && !(t[i] & PTE_P))
		i += i % 8 == 0 && eight_absent(t, i) ? 8 : 1;
	budget_charge((i - from) / SCANNED);
	return i;
}

/* One behind the last present entry below END; 0: none. */
static unsigned last_present(const uint64_t *t, unsigned end)
{
	unsigned from = end;

	while (end && !(t[end - 1] & PTE_P))
		end -= end % 8 == 0 && eight_absent(t, end - 8) ? 8 : 1;
	budget_charge((from - end) / SCANNED);
	return end;
}

int paging_validate(struct domain *d, uint64_t mfn, unsigned type)
{
	struct frame *f = &frames[mfn];
	uint64_t *t = core_frame(mfn), e;
	unsigned i;
	int err;

	for (;; f->done++) {
		i = f->done = (uint16_t)next_present(t, f->done);
		if (i == SLOTS)
			break;
		if (budget_empty())
			return -XEN_ERESTART;
		budget_charge(1);
		if (in_hole(type, i))
			continue;
		e = t[i];
		err = get_new_entry(d, mfn, &e, type);
		if (err)
			return err;
		if (e != t[i])	/* no processor walks it yet */
			t[i] = e;
		__atomic_fetch_or(&t[i], PTE_US, __ATOMIC_RELAXED);
	}
	if (type == FT_L4)
		fill_hole(mfn);
	return 0;
}

/* Give back what the entries of table MFN hold; false: not all of them yet. */
static bool undo(uint64_t mfn)
{
	struct frame *f = &frames[mfn];
	const uint64_t *t = core_frame(mfn);

	while (f->done) {
		if (budget_empty())
			return false;
		budget_charge(1);
		f->done = (uint16_t)last_present(t, f->done);
		if (f->done && !in_hole(f->type, --f->done))
			put_entry(mfn, t[f->done], f->type);
	}
	return true;
}

/* Tables whose entries are to be given back, linked by "next". */
uint32_t paging_undo_first;

void paging_release(uint64_t mfn)
{
	struct frame *f = &frames[mfn];

	if (f->flags & FF_UNDO)
		return;
	f->flags |= FF_UNDO;
	f->next = paging_undo_first;
	paging_undo_first = (uint32_t)mfn;
}

__attribute__((hot)) bool
paging_settle_some(void)
{
	uint32_t mfn;

	while ((mfn = paging_undo_first)) {
		paging_undo_first = frames[mfn].next;
		frames[mfn].flags &= (uint8_t)~FF_UNDO;
		if (!undo(mfn)) {
			paging_release(mfn);
			return false;
		}
	}
	return true;
}

/* Another processor may have it loaded: what is right is not touched. */
void paging_show_m2p(struct domain *d, uint64_t mfn, bool show)
{
	uint64_t *e = (uint64_t *)core_frame(mfn) + HOLE_FIRST;
	uint64_t val = show ? d->m2p_l4e : 0;

	if (*e != val)
		__atomic_store_n(e, val, __ATOMIC_RELAXED);
}

static bool is_table(uint64_t mfn, unsigned level)
{
	return frames[mfn].type == level && frame_is_table(&frames[mfn]);
}

/* Entry *E, which is OLD, becomes VAL, if it still is OLD. */
static inline int replace(struct domain *d, uint64_t mfn, unsigned slot,
			  uint64_t old, uint64_t val)
{
	unsigned level = frames[mfn].type;
	uint64_t *e = (uint64_t *)core_frame(mfn) + slot;
	bool take = false;
	int err;

	if (!frame_is_table(&frames[mfn]) || in_hole(level, slot))
		return -XEN_EINVAL;
	if (val & PTE_P) {
		val |= PTE_US;
		take = !(old & PTE_P) || (old ^ val) & ~HARMLESS;
		err = take ? get_new_entry(d, mfn, &val, level) : 0;
		if (err)
			return err;
		/*
		 * What was let go of for that may have been its last user; then
		 * it may even have become a table below the new one.
		 */
		if (take && !is_table(mfn, level)) {
			put_entry(mfn, val, level);
			return -XEN_EINVAL;
		}
	}
	if (!__atomic_compare_exchange_n(e, &old, val, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST)) {
		if (take)
			put_entry(mfn, val, level);
		return -XEN_EAGAIN;
	}
	if (old & PTE_P && (take || !(val & PTE_P))) {
		if (level != FT_L1)	/* walks may be cached */
			tlb_flush_later(d);
		put_entry(mfn, old, level);
	}
	return 0;
}

int paging_replace(struct domain *d, uint64_t mfn, unsigned slot,
		   uint64_t old, uint64_t val)
{
	return replace(d, mfn, slot, old, val);
}

__attribute__((hot)) int
paging_set(struct domain *d, uint64_t mfn, unsigned slot, uint64_t val,
	       bool keep_ad)
{
	const uint64_t *e = (uint64_t *)core_frame(mfn) + slot;
	uint64_t old;
	int err;

	/* Only a processor's accessed and dirty can come in between. */
	do {
		old = __atomic_load_n(e, __ATOMIC_RELAXED);
		err = replace(d, mfn, slot, old, keep_ad ?
			      val | (old & (PTE_A | PTE_D)) : val);
	} while (err == -XEN_EAGAIN);
	return err;
}

/* Entries without "user" are ours, seen through a link. */
uint64_t *paging_walk(struct vcpu *v, uint64_t va)
{
	uint64_t ma = v->pv.kernel_root.mfn << 12, need = guest_needs(false);
	const struct frame *f;

	if (!guest_range(va, 1) || !ma || !guest_follow(&ma, va, 39, need) ||
	    !guest_follow(&ma, va, 30, need) ||
	    !guest_follow(&ma, va, 21, need))
		return NULL;
	f = &frames[ma >> 12];
	if (f->type != FT_L1 || !frame_is_table(f))
		return NULL;
	return (uint64_t *)core_ma(ma) + (va >> 12 & 511);
}

void paging_unload(struct vcpu *v)
{
	core_unload_root(v);
	v->loaded = false;
}

__attribute__((hot)) int
paging_new_root(struct vcpu *v, uint64_t mfn)
{
	struct hold new = { .mfn = 0 }, old = { .mfn = 0 };
	int err = 0;

	if (mfn == v->pv.kernel_root.mfn) {
		tlb_flush(v);
		return 0;
	}
	err = hold_take(v->domain, &new, mfn, FT_L4);
	if (err)
		return err;
	segments_drop_ldt(v);
	hold_replace(&old, &v->pv.kernel_root);
	hold_replace(&v->pv.kernel_root, &new);
	paging_show_m2p(v->domain, mfn, true);
	paging_load(v);
	hold_drop(&old);
	return 0;
}

__attribute__((hot)) int
paging_new_user_root(struct vcpu *v, uint64_t mfn)
{
	struct hold new = { .mfn = 0 };
	int err = 0;

	if (mfn)
		err = hold_take(v->domain, &new, mfn, FT_L4);
	if (err)
		return err;
	hold_replace(&v->pv.user_root, &new);
	if (mfn && mfn != v->pv.kernel_root.mfn)
		paging_show_m2p(v->domain, mfn, false);
	return 0;
}
