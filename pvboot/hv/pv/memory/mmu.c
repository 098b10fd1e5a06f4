/*
 * The memory hypercalls: mmu_update, update_va_mapping, mmuext_op.
 * Every request is copied from the guest once, then checked.
 */
#include "pvboot/hv/pv/memory/mmu.h"

#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/pv/memory/tlb.h"

/* A store to guest memory that is no page table; in a table, the full way. */
static int set_word(struct domain *d, uint64_t ma, uint64_t val, bool keep_ad)
{
	uint64_t mfn = ma >> 12, *at;
	struct frame *f = frame_of(d, mfn);
	int err;

	if (!f)
		return -XEN_EINVAL;
	at = ma_va(ma & ~7ULL);
	if (f->tcount && f->type <= FT_L4) {
		if (keep_ad)
			val |= *at & (PTE_A | PTE_D);
		return paging_set(d, mfn, (ma & (PAGE_SIZE - 1)) >> 3, val);
	}
	err = frame_get_type(d, mfn, FT_WRITABLE);
	if (err)
		return err;
	*at = val;
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
		return set_word(d, u->ptr & ~3ULL, u->val, false);
	case MMU_PT_UPDATE_PRESERVE_AD:
		return set_word(d, u->ptr & ~3ULL, u->val, true);
	case MMU_MACHPHYS_UPDATE:
		return set_m2p(d, u->ptr, u->val);
	}
	return -XEN_ENOSYS;
}

/* Only our own domain; the page tables' and the frames' (low, high half). */
static bool self_only(struct vcpu *v, uint64_t dom)
{
	uint16_t pt = (uint16_t)(dom >> 16), fg = (uint16_t)dom;

	return (fg == DOMID_SELF || fg == v->domain->id) &&
		(!pt || pt - 1 == DOMID_SELF || pt - 1U == v->domain->id);
}

/*
 * A list of requests is worked off in parts, so that interrupts and deferred
 * work get their turn: the guest makes the same call again, with the rest.
 * Bit 31 of the count, as in Xen, says that *DONE holds what came before.
 */
#define PREEMPTED	0x80000000U
#define PART		2048U		/* requests at a time */
#define IN_MULTICALL	65536U		/* which is not resumed inside */

struct part {
	uint64_t at, done_va;
	uint32_t n, rest, before;
};

static int part_begin(struct vcpu *v, const uint64_t *a, struct part *p)
{
	uint32_t count = (uint32_t)a[1];

	*p = (struct part){ .at = a[0], .done_va = a[2] };
	if (!self_only(v, a[3]))
		return -XEN_EPERM;
	if (count & PREEMPTED && p->done_va &&
	    !guest_read(v, &p->before, p->done_va, sizeof(p->before)))
		return -XEN_EFAULT;
	p->n = count & ~PREEMPTED;
	if (v->in_multicall)
		return p->n > IN_MULTICALL ? -XEN_E2BIG : 0;
	if (p->n > PART) {
		p->rest = p->n - PART;
		p->n = PART;
	}
	return 0;
}

/* DONE requests of this part, each of SIZE bytes, were granted. */
static int part_end(struct vcpu *v, const struct part *p, uint32_t done,
		    size_t size, int err)
{
	uint32_t all = p->before + done;

	if (p->done_va && !guest_write(v, p->done_va, &all, sizeof(all)))
		return err ? err : -XEN_EFAULT;
	if (!err && p->rest)
		continuation_set(v, p->at + p->n * size, p->rest | PREEMPTED);
	return err;
}

/* mmu_update(req, count, *done, domain) */
int64_t do_mmu_update(struct vcpu *v, const uint64_t *a)
{
	struct mmu_update u;
	struct part p;
	uint32_t i;
	int err = part_begin(v, a, &p);

	if (err)
		return err;
	for (i = 0; i < p.n; i++) {
		if (!guest_read(v, &u, p.at + i * sizeof(u), sizeof(u)))
			err = -XEN_EFAULT;
		else
			err = one_update(v, &u);
		if (err)
			break;
	}
	return part_end(v, &p, i, sizeof(u), err);
}

/* Not this vCPU alone: then all, whatever bitmap the guest has. */
static void flush(struct vcpu *v, uint64_t flags, uint64_t va)
{
	bool all = flags & ~(uint64_t)UVMF_FLUSHTYPE_MASK;

	switch (flags & UVMF_FLUSHTYPE_MASK) {
	case UVMF_TLB_FLUSH:
		if (all)
			tlb_flush_all(v->domain);
		else
			tlb_flush(v);
		break;
	case UVMF_INVLPG:
		if (all)
			tlb_flush_page_all(v->domain, va);
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
		err = paging_set(v->domain, va_mfn(e),
				 ((uintptr_t)e & (PAGE_SIZE - 1)) >> 3, a[1]);
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
		return -XEN_EINVAL;
	if (op->cmd == MMUEXT_COPY_PAGE)
		memcpy(mfn_va(to), mfn_va(from), PAGE_SIZE);
	else
		memset(mfn_va(to), 0, PAGE_SIZE);
	frame_put_type(to);
	return 0;
}

static int one_ext(struct vcpu *v, const struct mmuext_op *op)
{
	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE ... MMUEXT_PIN_L4_TABLE:
		return frame_pin(v->domain, op->arg1.mfn,
				 FT_L1 + op->cmd - MMUEXT_PIN_L1_TABLE) ?
			-XEN_EINVAL : 0;
	case MMUEXT_UNPIN_TABLE:
		return frame_unpin(v->domain, op->arg1.mfn);
	case MMUEXT_NEW_BASEPTR:
		return paging_new_root(v, op->arg1.mfn) ? -XEN_EINVAL : 0;
	case MMUEXT_NEW_USER_BASEPTR:
		return paging_new_user_root(v, op->arg1.mfn) ?
			-XEN_EINVAL : 0;
	case MMUEXT_TLB_FLUSH_LOCAL:
		tlb_flush(v);
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
	case MMUEXT_TLB_FLUSH_ALL:
		tlb_flush_all(v->domain);
		return 0;
	case MMUEXT_INVLPG_LOCAL:
		tlb_flush_page(v, op->arg1.linear_addr);
		return 0;
	case MMUEXT_INVLPG_MULTI:
	case MMUEXT_INVLPG_ALL:
		tlb_flush_page_all(v->domain, op->arg1.linear_addr);
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
int64_t do_mmuext_op(struct vcpu *v, const uint64_t *a)
{
	struct mmuext_op op;
	struct part p;
	uint32_t i;
	int err = part_begin(v, a, &p);

	if (err)
		return err;
	for (i = 0; i < p.n; i++) {
		if (!guest_read(v, &op, p.at + i * sizeof(op), sizeof(op)))
			err = -XEN_EFAULT;
		else
			err = one_ext(v, &op);
		if (err)
			break;
	}
	return part_end(v, &p, i, sizeof(op), err);
}
