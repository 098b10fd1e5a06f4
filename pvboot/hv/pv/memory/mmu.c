/*
 * The memory hypercalls: mmu_update, update_va_mapping, mmuext_op.
 * Every request is copied from the guest once, then checked.
 */
#include "pvboot/hv/pv/memory/mmu.h"

#include <string.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

/* A store to guest memory that is no page table; in a table, the full way. */
static int set_word(struct domain *d, uint64_t ma, uint64_t val, bool keep_ad)
{
	uint64_t mfn = ma >> 12;
	struct frame *f = frame_of(d, mfn);
	int err;

	if (!f)
		return -XEN_EINVAL;
	if (frame_is_table(f))
		return paging_set(d, mfn, (ma & (PAGE_SIZE - 1)) >> 3, val,
				  keep_ad);
	err = frame_get_type(d, mfn, FT_WRITABLE);
	if (err)
		return err;
	*(volatile uint64_t *)core_ma(ma & ~7ULL) = val;
	frame_put_type(mfn);
	return 0;
}

static int set_m2p(struct domain *d, uint64_t ma, uint64_t pfn)
{
	struct frame *f = frame_of(d, ma >> 12);

	if (!f || !(f->flags & FF_GUEST))
		return -XEN_EINVAL;
	d->m2p[ma >> 12] = pfn;
	return 0;
}

static int one_update(struct vcpu *v, const struct mmu_update *u)
{
	struct domain *d = v->domain;

	switch (u->ptr & 3) {
	case MMU_NORMAL_PT_UPDATE:
	case MMU_PT_UPDATE_PRESERVE_AD:
		return set_word(d, u->ptr & ~3ULL, u->val,
				(u->ptr & 3) == MMU_PT_UPDATE_PRESERVE_AD);
	case MMU_MACHPHYS_UPDATE:
		return set_m2p(d, u->ptr, u->val);
	}
	return -XEN_ENOSYS;
}

#define INLINE	static inline __attribute__((always_inline))

/*
 * Only our own domain; the page tables' and the frames' (high, low half).  The
 * frames may also be devices', of which there are none (paging.c).
 */
INLINE bool self_only(struct vcpu *v, uint64_t dom)
{
	uint16_t pt = (uint16_t)(dom >> 16), fg = (uint16_t)dom;

	return dom == DOMID_SELF ||
		((domain_is_self(v->domain, fg) || fg == DOMID_IO) &&
		(!pt || pt - 1 == DOMID_SELF || pt - 1U == v->domain->id));
}

/*
 * A list of requests is worked off as far as the budget goes; the guest makes
 * the same call again, with the rest.  Bit 31 of the count, as in Xen, says
 * that *DONE holds what came before.
 */
#define PREEMPTED	0x80000000U

struct list {
	uint64_t at, done_va;
	uint32_t n, before;
	size_t size;		/* of a request */
};

INLINE int list_begin(struct vcpu *v, const uint64_t *a, struct list *l)
{
	uint32_t count = (uint32_t)a[1], before = 0;

	l->at = a[0];
	l->done_va = a[2];
	l->n = count & ~PREEMPTED;
	if (!self_only(v, a[3]))
		return -XEN_EPERM;
	if (count & PREEMPTED && l->done_va &&
	    !guest_read(v, &before, l->done_va, sizeof(before)))
		return -XEN_EFAULT;
	l->before = before;
	return 0;
}

_Static_assert(sizeof(struct mmu_update) % 8 == 0 &&
	       sizeof(struct mmuext_op) % 8 == 0, "whole words");

/* Request I, read once; what earlier ones have released is done with. */
INLINE int list_next(struct vcpu *v, const struct list *l, uint32_t i, void *to)
{
	if (budget_empty() || !paging_settle())
		return -XEN_ERESTART;
	budget_charge(BUDGET_CALL);
	return guest_get(v, to, l->at + i * l->size, l->size / 8) ?
		0 : -XEN_EFAULT;
}

/* DONE requests were granted, then there was ERR. */
INLINE int64_t list_end(struct vcpu *v, const struct list *l, uint32_t done,
			int err)
{
	if (l->done_va) {
		uint32_t all = l->before + done;

		if (!guest_write(v, l->done_va, &all, sizeof(all)))
			return err && err != -XEN_ERESTART ? err : -XEN_EFAULT;
	}
	if (err == -XEN_ERESTART)
		return continuation_set(v, l->at + done * l->size,
				       (l->n - done) | PREEMPTED);
	return err;
}

/* mmu_update(req, count, *done, domain) */
__attribute__((hot)) int64_t
do_mmu_update(struct vcpu *v, const uint64_t *a)
{
	struct mmu_update u;
	struct list l = { .size = sizeof(u) };
	int err = list_begin(v, a, &l);
	uint32_t i;

	if (err)
		return err;
	for (i = 0; i < l.n; i++) {
		err = list_next(v, &l, i, &u);
		if (!err && (uint16_t)a[3] == DOMID_IO && u.val & PTE_P &&
		    core_is_ram((u.val & PTE_ADDR) >> 12))
			err = -XEN_EPERM;
		if (!err)
			err = one_update(v, &u);
		if (err)
			break;
	}
	return list_end(v, &l, i, err);
}

/* The vCPUs whose bits are set at VA; all, when they cannot be read. */
static uint32_t vcpus_at(struct vcpu *v, uint64_t va)
{
	uint32_t mask = 0;

	return guest_read(v, &mask, va, (v->domain->n_vcpus + 7) / 8) ?
		mask : ~0U;
}

/* UVMF_LOCAL is 0; what is not UVMF_ALL is where a mask is. */
static void flush(struct vcpu *v, uint64_t flags, uint64_t va)
{
	uint64_t whom = flags & ~(uint64_t)UVMF_FLUSHTYPE_MASK;
	uint32_t vcpus = whom <= UVMF_ALL ? ~0U : vcpus_at(v, whom);

	switch (flags & UVMF_FLUSHTYPE_MASK) {
	case UVMF_TLB_FLUSH:
		if (whom)
			tlb_flush_mask(v->domain, vcpus);
		else
			tlb_flush(v);
		break;
	case UVMF_INVLPG:
		if (whom)
			tlb_flush_page_mask(v->domain, vcpus, va);
		else
			tlb_flush_page(v, va);
		break;
	}
}

/* update_va_mapping(va, pte, flags) */
int64_t do_update_va_mapping(struct vcpu *v, const uint64_t *a)
{
	uint64_t *e = paging_walk(v, a[0]);
	int err = -XEN_EINVAL;

	if (e)
		err = paging_set(v->domain, core_mfn(e),
				 ((uintptr_t)e & (PAGE_SIZE - 1)) >> 3, a[1],
				 false);
	flush(v, a[2], a[0]);
	return err;
}

static int clear_or_copy(struct domain *d, const struct mmuext_op *op)
{
	uint64_t to = op->arg1.mfn, from = op->arg2.src_mfn;
	int err;

	if (op->cmd == MMUEXT_COPY_PAGE && !frame_of(d, from))
		return -XEN_EINVAL;
	err = frame_get_type(d, to, FT_WRITABLE);
	if (err)
		return budget_error(err, -XEN_EINVAL);
	budget_charge(BUDGET_CALL);
	if (op->cmd == MMUEXT_COPY_PAGE)
		memcpy(core_frame(to), core_frame(from), PAGE_SIZE);
	else
		memset(core_frame(to), 0, PAGE_SIZE);
	frame_put_type(to);
	return 0;
}

static int one_ext(struct vcpu *v, const struct mmuext_op *op)
{
	uint64_t mask = (uint64_t)(uintptr_t)op->arg2.vcpumask.p;

	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE ... MMUEXT_PIN_L4_TABLE:
		return budget_error(frame_pin(v->domain, op->arg1.mfn,
			FT_L1 + op->cmd - MMUEXT_PIN_L1_TABLE), -XEN_EINVAL);
	case MMUEXT_UNPIN_TABLE:
		return frame_unpin(v->domain, op->arg1.mfn);
	case MMUEXT_NEW_BASEPTR:
		return budget_error(paging_new_root(v, op->arg1.mfn),
				    -XEN_EINVAL);
	case MMUEXT_NEW_USER_BASEPTR:
		return budget_error(paging_new_user_root(v, op->arg1.mfn),
				    -XEN_EINVAL);
	case MMUEXT_TLB_FLUSH_LOCAL:
		tlb_flush(v);
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
		tlb_flush_mask(v->domain, vcpus_at(v, mask));
		return 0;
	case MMUEXT_TLB_FLUSH_ALL:
		tlb_flush_all(v->domain);
		return 0;
	case MMUEXT_INVLPG_LOCAL:
		tlb_flush_page(v, op->arg1.linear_addr);
		return 0;
	case MMUEXT_INVLPG_MULTI:
		tlb_flush_page_mask(v->domain, vcpus_at(v, mask),
				    op->arg1.linear_addr);
		return 0;
	case MMUEXT_INVLPG_ALL:
		tlb_flush_page_mask(v->domain, ~0U, op->arg1.linear_addr);
		return 0;
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		return -XEN_EACCES;
	case MMUEXT_SET_LDT:
		return segments_set_ldt(v, op->arg1.linear_addr,
					op->arg2.nr_ents);
	case MMUEXT_CLEAR_PAGE:
	case MMUEXT_COPY_PAGE:
		return clear_or_copy(v->domain, op);
	case MMUEXT_MARK_SUPER:
	case MMUEXT_UNMARK_SUPER:
		return -XEN_EOPNOTSUPP;
	}
	return -XEN_ENOSYS;
}

/* mmuext_op(op, count, *done, domain) */
__attribute__((hot)) int64_t
do_mmuext_op(struct vcpu *v, const uint64_t *a)
{
	struct mmuext_op op;
	struct list l = { .size = sizeof(op) };
	int err = list_begin(v, a, &l);
	uint32_t i;

	if (err)
		return err;
	for (i = 0; i < l.n; i++) {
		err = list_next(v, &l, i, &op);
		if (!err)
			err = one_ext(v, &op);
		if (err)
			break;
	}
	return list_end(v, &l, i, err);
}
