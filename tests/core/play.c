/*
 * What the playing guest does.  Its arguments lie in its own memory and are
 * written there as a guest would, through the model TLB.
 */
#include "tests/core/play.h"

#include <string.h>

#include "loader/base/span.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "pvboot/hv/test/audit.h"
#include "tests/core/play_domain.h"

#include <xen/event_channel.h>
#include <xen/memory.h>

/* Units that one request may cost beyond the budget. */
#define OVERDRAFT	300
#define MORE_GRANTS	700	/* pages are cleared */

struct play_tally play_tally;

struct domain *play_domain;
struct vcpu *play_vcpu;
static struct span in;

/* The next number of the input below N. */
uint64_t play_rnd(uint64_t n)
{
	uint64_t x = n > 256 ? span_u16(&in, 0) : span_u8(&in, 0);
	size_t used = n > 256 ? 2 : 1;

	if (used > in.len)
		used = in.len;
	in.p += used;
	in.len -= used;
	in.bad = false;
	return x % n;
}

static uint64_t big(void)
{
	return play_rnd(65536) << 48 | play_rnd(65536) << 32 |
	       play_rnd(65536) << 16 | play_rnd(65536);
}

unsigned play_page(void)
{
	return PLAY_FIRST + (unsigned)play_rnd(PLAY_COUNT);
}

/* A page of ours that the domain may map. */
static uint64_t lent(void)
{
	const struct grant_table *t = &play_domain->grants;

	switch (play_rnd(4)) {
	case 0:
		return core_mfn(play_domain->shared);
	case 1:
		return core_mfn(t->frame[0]);
	default:
		return core_mfn(t->status[0] ? t->status[0] : t->frame[0]);
	}
}

uint64_t play_any_mfn(void)
{
	switch (play_rnd(32)) {
	case 0:
		return play_rnd(FAKE_FRAMES + 16);
	case 1:
		return play_rnd(FAKE_FIRST);
	case 2:
		return lent();
	case 3:
		return play_mfn((unsigned)play_rnd(16));
	case 4:
		return big() >> play_rnd(64);
	default:
		return play_mfn(play_page());
	}
}

uint64_t play_any_pte(void)
{
	uint64_t flags = PTE_P | PTE_US | PTE_A | PTE_D, k = play_rnd(24);

	if (k == 0)
		flags = big() & 0xfff0000000000fffULL;
	else if (k < 9)
		flags |= PTE_RW;
	else if (k < 11)
		flags = 0;
	return (play_any_mfn() << 12 & ~(0xfffULL << 52)) | flags;
}

bool play_put(uint64_t va, const void *from, size_t n)
{
	const uint8_t *p = from;
	bool present;
	uint8_t *to;
	size_t part;

	for (; n; n -= part, va += part, p += part) {
		part = 4096 - (va & 4095);
		if (part > n)
			part = n;
		to = fakecpu_access(play_vcpu, va, true, &present);
		if (!to)
			return false;
		memcpy(to, p, part);
	}
	return true;
}

/* Once more what the registers say. */
static bool once(unsigned nr)
{
	struct regs *r = &play_vcpu->regs;
	int32_t most = nr == __HYPERVISOR_grant_table_op ||
		nr == __HYPERVISOR_multicall ? MORE_GRANTS : OVERDRAFT;

	r->rax = nr;
	r->rip = play_va(PLAY_CODE) + 2;
	budget_start();
	hypercall(play_vcpu);
	if (budget_left < -most)
		fakecpu_fail("hypercall %u went on for %d units", nr,
			     budget_size - budget_left);
	return r->rip == play_va(PLAY_CODE) + 2;
}

bool play_once(unsigned nr, uint64_t a, uint64_t b, uint64_t c, uint64_t e)
{
	struct regs *r = &play_vcpu->regs;

	r->rdi = a;
	r->rsi = b;
	r->rdx = c;
	r->r10 = e;
	return once(nr);
}

int64_t play_call(unsigned nr, uint64_t a, uint64_t b, uint64_t c,
		  uint64_t e)
{
	bool done = play_once(nr, a, b, c, e);
	int64_t result;
	unsigned i;

	/* It is made again while it says so; a guest may also give up. */
	for (i = 0; !done && i < 4000; i++) {
		if (i > 2 && !play_rnd(16))
			return -XEN_EAGAIN;
		done = once(nr);
	}
	result = (int64_t)play_vcpu->regs.rax;
	play_tally.calls[nr]++;
	play_tally.good[nr] += result >= 0;
	return result;
}

static void update(void)
{
	struct mmu_update u[4];
	unsigned n = 1 + (play_rnd(8) ? 0 : (unsigned)play_rnd(4)), i;

	for (i = 0; i < n; i++) {
		uint64_t slot = play_rnd(4) ? play_rnd(8) : play_rnd(512),
			 how = play_rnd(8);

		u[i].ptr =
			play_any_mfn() << 12 | slot << 3 | (how < 3 ? how : 0);
		u[i].val = how == 1 ? play_rnd(PLAY_PAGES) : play_any_pte();
	}
	if (!play_rnd(6)) {	/* a link of the root to a root */
		u[0].ptr = play_mfn(0) << 12 | play_rnd(5) << 3;
		u[0].val = play_mfn(play_rnd(2) ? 0 : play_page()) << 12 |
			PTE_P | (play_rnd(4) ? 0 : PTE_RW);
	}
	if (play_put(PLAY_ARG, u, sizeof(*u) * n))
		play_call(__HYPERVISOR_mmu_update, PLAY_ARG, n,
			  play_rnd(3) ? 0 : PLAY_ARG + 512, DOMID_SELF);
}

static void update_va(void)
{
	unsigned page = play_page();
	uint64_t pte = play_any_pte(), k = play_rnd(4);

	if (k)	/* itself, writable or not */
		pte = play_mfn(page) << 12 | PTE_P | PTE_US | PTE_A |
			(k > 1 ? PTE_RW | PTE_D : 0);
	play_call(__HYPERVISOR_update_va_mapping, play_va(page), pte,
		  play_rnd(3) | (play_rnd(2) ? UVMF_ALL : play_rnd(2) ?
				 play_va(page) & ~7ULL : 0), 0);
}

static void ext(void)
{
	static const uint8_t cmd[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_UNPIN_TABLE,
		MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_INVLPG_LOCAL, MMUEXT_COPY_PAGE,
		MMUEXT_CLEAR_PAGE, MMUEXT_NEW_USER_BASEPTR, MMUEXT_SET_LDT,
		MMUEXT_TLB_FLUSH_ALL, MMUEXT_INVLPG_ALL, MMUEXT_NEW_BASEPTR,
		MMUEXT_FLUSH_CACHE, MMUEXT_TLB_FLUSH_MULTI,
		MMUEXT_INVLPG_MULTI,
	};
	struct mmuext_op op = { .cmd = cmd[play_rnd(sizeof(cmd))] };

	op.arg1.mfn = play_any_mfn();
	op.arg2.src_mfn = play_any_mfn();
	if (op.cmd == MMUEXT_TLB_FLUSH_MULTI || op.cmd == MMUEXT_INVLPG_MULTI)
		op.arg2.vcpumask.p = (void *)(uintptr_t)play_va(play_page());
	if (op.cmd == MMUEXT_SET_LDT) {
		op.arg1.linear_addr = play_va(play_page());
		op.arg2.nr_ents = (unsigned)play_rnd(9) * 512;
	} else if (op.cmd == MMUEXT_INVLPG_LOCAL ||
		   op.cmd == MMUEXT_INVLPG_ALL) {
		op.arg1.linear_addr = play_va(play_page());
	} else if (op.cmd == MMUEXT_NEW_BASEPTR && play_rnd(4)) {
		op.arg1.mfn = play_mfn(0);
	}
	if (play_put(PLAY_ARG, &op, sizeof(op)))
		play_call(__HYPERVISOR_mmuext_op, PLAY_ARG, 1, 0, DOMID_SELF);
}

/* As many references as there can be. */
static void fill_table(unsigned page)
{
	uint64_t e[512];

	e[0] = play_any_pte();
	for (unsigned i = 1; i < 512; i++)
		e[i] = e[0];
	play_put(play_va(page), e, sizeof(e));
}

static void make_table(void)
{
	unsigned page = play_page(), i;
	uint64_t e;

	if (!play_rnd(6)) {
		fill_table(page);
		return;
	}
	for (i = (unsigned)play_rnd(5); i--; ) {
		e = play_rnd(4) ? play_any_pte() : 0;
		play_put(play_va(page) + play_rnd(16) * 8, &e, sizeof(e));
	}
	e = play_mfn(1) << 12 | PTE_P | PTE_RW | PTE_US;
	if (play_rnd(2))
		play_put(play_va(page) + 511 * 8, &e, sizeof(e));
}

static void reservation(void)
{
	struct xen_memory_reservation r;
	uint64_t frame[3];
	unsigned i;

	memset(&r, 0, sizeof(r));
	for (i = 0; i < 3; i++)
		frame[i] = play_rnd(2) ? play_mfn(play_page())
				       : play_rnd(PLAY_PAGES);
	r.extent_start.p = (xen_pfn_t *)(uintptr_t)(PLAY_ARG + 64);
	r.nr_extents = 1 + play_rnd(3);
	r.domid = DOMID_SELF;
	if (play_put(PLAY_ARG, &r, sizeof(r)) &&
	    play_put(PLAY_ARG + 64, frame, sizeof(frame)))
		play_call(__HYPERVISOR_memory_op, play_rnd(2) ?
		     XENMEM_decrease_reservation : XENMEM_populate_physmap,
		     PLAY_ARG, 0, 0);
}

static void descriptors(void)
{
	uint64_t mfn[2] = { play_any_mfn(), play_any_mfn() };

	switch (play_rnd(6)) {
	case 0:
		play_call(__HYPERVISOR_set_gdt, 0, 0, 0, 0);
		break;
	case 1:
	case 2:
		if (play_put(PLAY_ARG, mfn, sizeof(mfn)))
			play_call(__HYPERVISOR_set_gdt, PLAY_ARG,
				  play_rnd(1025), 0, 0);
		break;
	case 3:
		play_call(__HYPERVISOR_update_descriptor,
			  play_any_mfn() << 12 | play_rnd(512) << 3,
			  play_rnd(2) ? big() : 0, 0, 0);
		break;
	case 4:
		play_call(__HYPERVISOR_set_segment_base, play_rnd(4),
		     play_va(play_page()), 0, 0);
		break;
	default:
		budget_start();
		segments_ldt_fault(play_vcpu, (unsigned)play_rnd(16));
	}
}

static void event(void)
{
	static const uint8_t cmd[] = {
		EVTCHNOP_alloc_unbound, EVTCHNOP_bind_interdomain,
		EVTCHNOP_bind_virq, EVTCHNOP_bind_ipi, EVTCHNOP_close,
		EVTCHNOP_send, EVTCHNOP_status, EVTCHNOP_bind_vcpu,
		EVTCHNOP_unmask, EVTCHNOP_send, EVTCHNOP_unmask,
		EVTCHNOP_set_priority, EVTCHNOP_init_control,
		EVTCHNOP_expand_array,
	};
	uint32_t op[8], c = cmd[play_rnd(sizeof(cmd))];
	unsigned i;

	for (i = 0; i < 8; i++)
		op[i] = (uint32_t)play_rnd(8);
	if (c == EVTCHNOP_init_control || c == EVTCHNOP_expand_array) {
		op[0] = (uint32_t)play_any_mfn();
		op[1] = 0;
		op[2] = (uint32_t)(play_rnd(8) ? play_rnd(500) * 8 :
				   play_rnd(5000));
		op[3] = (uint32_t)play_rnd(4);
	}
	if (c == EVTCHNOP_alloc_unbound || c == EVTCHNOP_bind_interdomain)
		op[0] = play_rnd(8) ? (uint32_t)DOMID_SELF << 16 | DOMID_SELF :
			(uint32_t)play_rnd(65536);
	if (!play_put(PLAY_ARG, op, sizeof(op)) ||
	    !play_put(PLAY_ARG - 4, &c, sizeof(c)))
		return;
	if (play_rnd(4))
		play_call(__HYPERVISOR_event_channel_op, c, PLAY_ARG, 0, 0);
	else
		play_call(__HYPERVISOR_event_channel_op_compat, PLAY_ARG - 4, 0,
			  0, 0);
	evtchn_raise(play_domain, (unsigned)play_rnd(8));
}

static void (*const action[])(void) = {
	update,
	update,
	update_va,
	update_va,
	ext,
	ext,
	ext,
	make_table,
	make_table,
	reservation,
	descriptors,
	play_grants,
	play_grants,
	event,
	play_multicall,
	play_store,
	play_store,
	play_read_for_it,
	play_backends,
	play_long_list,
	play_vcpus,
	play_vcpus,
	play_half,
};

/* A processor that has nothing to do lets go of the guest's root. */
static void settings(void)
{
	struct vcpu *idle = &play_domain->vcpu[play_rnd(PLAY_VCPUS)];

	if (idle->loaded && !play_rnd(8))
		paging_unload(idle);
	play_domain->shutdown = -1;	/* whatever it was: the game goes on */
	play_vcpu = play_next_vcpu();
	if (!play_rnd(8))
		budget_size = 40 + (int32_t)play_rnd(play_rnd(2) ? 9960 : 256);
}

void play(const uint8_t *data, size_t n, unsigned every)
{
	unsigned long ops;

	play_domain = play_start();
	in = (struct span){ data, n, false };
	for (ops = 1; in.len; ops++) {
		settings();
		action[play_rnd(sizeof(action) / sizeof(*action))]();
		fakecpu_check(play_domain);
		play_check_vcpu(play_vcpu);
		if (every && ops % every == 0 && audit_domain(play_domain))
			fakecpu_fail("the audit does not agree");
	}
	play_tally.ops += ops;
	if (audit_domain(play_domain))
		fakecpu_fail("the audit does not agree");
}
