/*
 * What the playing guest does with its vCPUs: it starts them, with contexts of
 * all kinds, stops them, has them wait, and goes to user mode and back.
 */
#include <string.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/bounce.h"
#include "pvboot/hv/pv/cpu/iret.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/segments.h"
#include "tests/core/fakemachine.h"
#include "tests/core/play_domain.h"

#include <xen/event_channel.h>
#include <xen/nmi.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define DONE	(play_va(PLAY_CODE) + 2) /* behind a SYSCALL (play_call) */

static uint64_t any_word(void)
{
	return play_rnd(65536) << play_rnd(49) | play_rnd(65536);
}

/* A root: mostly the first one, which is there for sure. */
static uint64_t any_root(void)
{
	return (play_rnd(4) ? play_mfn(0) : play_any_mfn()) << 12;
}

/* One word of it, whichever, is whatever. */
static void spoil(struct vcpu_guest_context *c)
{
	uint64_t *word[] = {
		(uint64_t *)&c->flags, &c->user_regs.rip, &c->user_regs.rflags,
		&c->user_regs.rsp, &c->gdt_ents, &c->ldt_ents, &c->ldt_base,
		&c->ctrlreg[0], &c->ctrlreg[1], &c->ctrlreg[3], &c->ctrlreg[4],
		&c->event_callback_eip, &c->failsafe_callback_eip,
		&c->syscall_callback_eip, &c->fs_base, &c->gs_base_kernel,
		&c->trap_ctxt[14].address, &c->debugreg[7], &c->debugreg[0],
	};

	*word[play_rnd(sizeof(word) / sizeof(*word))] = any_word();
}

/* A good one, but for one thing. */
static bool put_context(void)
{
	static struct vcpu_guest_context c;

	memset(&c, 0, sizeof(c));
	c.flags = play_rnd(4) ? VGCF_in_kernel : 0;
	c.flags |= play_rnd(2) ? VGCF_online : 0;
	c.user_regs.rip = DONE;
	c.user_regs.rflags = play_rnd(65536);
	c.user_regs.cs = (uint16_t)play_rnd(65536);
	c.user_regs.ds = (uint16_t)play_rnd(65536);
	c.ctrlreg[3] = c.ctrlreg[1] = play_mfn(0) << 12;
	switch (play_rnd(8)) {
	case 0:
		c.flags &= ~(unsigned long)VGCF_in_kernel;
		c.ctrlreg[1] = play_rnd(8192);
		break;
	case 1:
		c.ctrlreg[1] = any_root();
		c.ctrlreg[3] = any_root();
		break;
	case 2:
		c.gdt_ents = play_rnd(1025);
		c.gdt_frames[0] = play_any_mfn();
		c.gdt_frames[1] = play_any_mfn();
		break;
	case 3:
		c.ldt_base = play_va(play_page());
		c.ldt_ents = play_rnd(9) * 512;
		break;
	case 4:
	case 5:
		spoil(&c);
		break;
	}
	return play_put(PLAY_ARG, &c, sizeof(c));
}

static bool put_info(void)
{
	struct vcpu_register_vcpu_info r = {
		.mfn = play_any_mfn(),
		.offset = (uint32_t)(play_rnd(4) ? play_rnd(500) * 8 :
				     play_rnd(5000)),
	};

	return play_put(PLAY_ARG, &r, sizeof(r));
}

/* An area, a period or a moment. */
static bool put_words(void)
{
	uint64_t word[2] = {
		play_rnd(2) ? play_va(play_page()) + play_rnd(4200) :
			any_word(),
		play_rnd(2),
	};

	return play_put(PLAY_ARG, word, sizeof(word));
}

static void vcpu_op(void)
{
	static const uint8_t cmd[] = {
		VCPUOP_initialise, VCPUOP_initialise, VCPUOP_initialise,
		VCPUOP_up, VCPUOP_up, VCPUOP_down, VCPUOP_is_up,
		VCPUOP_get_runstate_info, VCPUOP_get_physid, VCPUOP_send_nmi,
		VCPUOP_register_runstate_memory_area,
		VCPUOP_register_vcpu_time_memory_area,
		VCPUOP_register_vcpu_info, VCPUOP_register_vcpu_info,
		VCPUOP_set_periodic_timer, VCPUOP_stop_periodic_timer,
		VCPUOP_set_singleshot_timer, VCPUOP_stop_singleshot_timer,
	};
	unsigned c = cmd[play_rnd(sizeof(cmd))];
	uint64_t id = play_rnd(PLAY_VCPUS + 1);

	if (c == VCPUOP_initialise && id < PLAY_STARTED)
		id = PLAY_STARTED + id % (PLAY_VCPUS - PLAY_STARTED);
	if (c == VCPUOP_initialise ? put_context() :
	    c == VCPUOP_register_vcpu_info ? put_info() : put_words())
		play_call(__HYPERVISOR_vcpu_op, c, id, PLAY_ARG, 0);
}

static void poll(void)
{
	struct sched_poll p = {
		.nr_ports = (unsigned)play_rnd(play_rnd(8) ? 4 : 200),
		.timeout = play_rnd(2) ? 0 : play_rnd(65536) << 20,
	};
	uint32_t port[4];

	for (unsigned i = 0; i < 4; i++)
		port[i] = (uint32_t)play_rnd(play_rnd(8) ? 8 : 65536);
	p.ports.p = (evtchn_port_t *)(uintptr_t)(PLAY_ARG + 64);
	if (play_put(PLAY_ARG, &p, sizeof(p)) &&
	    play_put(PLAY_ARG + 64, port, sizeof(port)))
		play_call(__HYPERVISOR_sched_op, SCHEDOP_poll, PLAY_ARG, 0, 0);
}

static void sched(void)
{
	unsigned c = (unsigned)play_rnd(6);
	uint32_t reason = (uint32_t)play_rnd(8);

	if (c == SCHEDOP_poll)
		poll();
	else if (play_rnd(2))
		play_call(__HYPERVISOR_sched_op_compat, c, reason, 0, 0);
	else if (play_put(PLAY_ARG, &reason, sizeof(reason)))
		play_call(__HYPERVISOR_sched_op, c, PLAY_ARG, 0, 0);
}

static void timer(void)
{
	play_call(__HYPERVISOR_set_timer_op, play_rnd(3) ?
		  play_rnd(65536) << 20 : 0, 0, 0, 0);
}

static void nmi(void)
{
	struct xennmi_callback cb = { play_rnd(2) ? DONE : any_word(), 0 };

	if (play_put(PLAY_ARG, &cb, sizeof(cb)))
		play_call(__HYPERVISOR_nmi_op, play_rnd(3), PLAY_ARG, 0, 0);
}

/* To where it likes: in user mode with what that may read and write. */
static void iret(void)
{
	struct iret_context c = {
		.rip = DONE, .cs = play_rnd(2) ? 3 : play_rnd(65536),
		.rflags = any_word(), .rsp = any_word(), .ss = any_word(),
		.flags = play_rnd(2) ? VGCF_IN_SYSCALL : 0,
	};
	bool present;

	if (!play_put(PLAY_ARG, &c, sizeof(c)))
		return;
	play_vcpu->regs.rsp = play_rnd(16) ? PLAY_ARG : any_word();
	if (play_rnd(2) || !iret_alone(play_vcpu))
		play_call(__HYPERVISOR_iret, 0, 0, 0, 0);
	for (unsigned i = (unsigned)play_rnd(3); i--; )
		fakecpu_access(play_vcpu, play_va(play_page()), play_rnd(2),
			       &present);
}

/*
 * A system call of user mode, or a page fault, with the kernel's stack
 * anywhere; without the lock, or the whole way if that says no.
 */
static void exception(void)
{
	struct vcpu_pv *pv = &play_vcpu->pv;
	const struct callback call = { DONE, play_rnd(2) };
	uint64_t top = play_va(play_page()) + (play_rnd(8) ? 2048 :
					       play_rnd(4096));

	pv->trap[VEC_PF] = (struct trap_gate){ DONE, (uint8_t)play_rnd(8) };
	pv->kernel_sp = play_rnd(16) ? top : any_word();
	play_vcpu->regs.rsp = pv->kernel_sp;
	if (pv->user_root.mfn && play_rnd(2))
		vcpu_toggle(play_vcpu);
	if (play_rnd(2)) {
		if (!bounce_page_fault_alone(play_vcpu, any_word(), 4))
			bounce_page_fault(play_vcpu, any_word(), 4);
	} else if (!pv->kernel_mode) {
		if (!bounce_callback_alone(play_vcpu, &call))
			bounce_callback(play_vcpu, &call);
	}
}

void play_vcpus(void)
{
	static void (*const action[])(void) = {
		vcpu_op, vcpu_op, vcpu_op, sched, sched, timer, nmi, iret,
		exception,
	};

	action[play_rnd(sizeof(action) / sizeof(*action))]();
}

/* ---- who is next ---- */

static struct vcpu *runnable(unsigned from)
{
	for (unsigned i = 0; i < PLAY_VCPUS; i++) {
		struct vcpu *v = &play_domain->vcpu[(from + i) % PLAY_VCPUS];

		if (v->state == VCPU_RUNNABLE)
			return v;
	}
	return NULL;
}

/* As its processor would before it enters the guest (vcpu_load.c). */
static void load(struct vcpu *v)
{
	const struct vcpu_start *s = &v->pv.start;

	paging_load(v);
	if (!v->pv.starts)
		return;
	v->pv.starts = false;
	budget_start();
	core_ldt_limit(v, v->pv.ldt_ents);
	segments_ldt_need(v, s->ds | 3);
}

struct vcpu *play_next_vcpu(void)
{
	unsigned from = (unsigned)play_rnd(PLAY_VCPUS), i;
	struct vcpu *v = runnable(from);

	if (!play_rnd(16))
		fakemachine_pass(play_rnd(65536) << 10);
	for (i = 0; !v && i < PLAY_VCPUS; i++) {
		vcpu_wake(&play_domain->vcpu[i]);
		v = runnable(from);
	}
	if (!v)
		fakecpu_fail("no vCPU is left");
	if (!v->loaded)
		load(v);
	if (!v->pv.kernel_mode)	/* a trap, or an event */
		vcpu_toggle(v);
	return v;
}

void play_check_vcpu(const struct vcpu *v)
{
	const struct regs *r = &v->regs;

	if ((r->rflags & (FLAG_IF | FLAG_IOPL | FLAG_VM)) != FLAG_IF ||
	    (r->cs & 3) != 3 || (r->ss & 3) != 3)
		fakecpu_fail("vCPU %u: cs %lx ss %lx rflags %lx", v->id, r->cs,
			     r->ss, r->rflags);
}
