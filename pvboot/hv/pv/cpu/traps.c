/*
 * What made the guest exit, and what is done about it.
 */
#include "pvboot/hv/pv/cpu/traps.h"

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/cpu/bounce.h"
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "pvboot/hv/pv/cpu/iret.h"
#include "pvboot/hv/pv/cpu/privileged/priv_op.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/decode.h"
#include "pvboot/hv/pv/memory/ro_page_fault.h"
#include "pvboot/hv/pv/memory/segments.h"

#define HAS_ERROR_CODE	0x20227d00U	/* vectors 8 10-14 17 21 29 */

/* The processor reads descriptors by its own right, a guest by U. */
static bool ldt_fault(struct vcpu *v, uint64_t va)
{
	uint64_t ldt = HV_LDT(v->id);

	if (va < ldt || va >= ldt + 16 * PAGE_SIZE)
		return false;
	if (!segments_ldt_fault(v, (va - ldt) >> 12))
		bounce_page_fault(v, v->pv.ldt_va + (va - ldt), 0);
	return true;
}

static void page_fault(struct vcpu *v)
{
	uint64_t va = read_cr2(), err = v->regs.error;

	if (err & FAULT_RSVD) {
		kill_guest(v->domain, "reserved bits in a page table, at %llx",
			   (unsigned long long)va);
		return;
	}
	if (!(err & FAULT_U) && ldt_fault(v, va))
		return;
	if ((err & (FAULT_P | FAULT_W)) == (FAULT_P | FAULT_W) &&
	    v->pv.kernel_mode && ro_page_fault(v, va))
		return;
	bounce_page_fault(v, va, err);
}

/*
 * INT n, whose gates are closed to ring 3.  The error code would say n, but
 * QEMU before 8 computes it wrongly, so the instruction is read.
 */
static void software_interrupt(struct vcpu *v)
{
	uint8_t insn[16];
	const struct trap_gate *g;

	if (decode_fetch(v, insn) < 2 || insn[0] != 0xcd) {
		bounce_trap(v, VEC_GP, v->regs.error);
		return;
	}
	g = &v->pv.trap[insn[1]];
	if (!g->address || (g->flags & 3) < vcpu_cpl(v)) {
		bounce_trap(v, VEC_GP, insn[1] * 8ULL + 2);
		return;
	}
	v->regs.rip += 2;
	bounce_trap(v, insn[1], NO_ERROR_CODE);
}

static void general_protection(struct vcpu *v)
{
	if (v->regs.error & 2)
		software_interrupt(v);
	else if (v->regs.error || !priv_op(v))
		bounce_trap(v, VEC_GP, v->regs.error);
}

static void debug_exception(struct vcpu *v)
{
	uint64_t dr6;

	__asm__ volatile("mov %%dr6, %0" : "=r"(dr6));
	__asm__ volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ULL));
	v->pv.dr[6] |= dr6 & 0xe00f;
	bounce_trap(v, VEC_DB, NO_ERROR_CODE);
}

static void exception(struct vcpu *v, unsigned vec)
{
	switch (vec) {
	case VEC_GP:
		general_protection(v);
		break;
	case VEC_UD:
		if (!priv_op_forced_cpuid(v))
			bounce_trap(v, VEC_UD, NO_ERROR_CODE);
		break;
	case VEC_NM:	/* the handler finds TS clear */
		vcpu_set_ts(v, false);
		bounce_trap(v, VEC_NM, NO_ERROR_CODE);
		break;
	case VEC_DB:
		debug_exception(v);
		break;
	case VEC_NMI:
		break;	/* nobody's */
	case VEC_MC:
		panic("machine check");
	default:
		bounce_trap(v, vec, HAS_ERROR_CODE >> vec & 1 ?
			    v->regs.error : NO_ERROR_CODE);
	}
}

/* SYSCALL of user mode (or, on AMD, of 32-bit code). */
static void system_call(struct vcpu *v, const struct callback *cb)
{
	if (!cb->address) {
		v->regs.rip -= 2;
		bounce_trap(v, VEC_UD, NO_ERROR_CODE);
		return;
	}
	v->regs.rflags &= ~(uint64_t)FLAG_DF;
	bounce_callback(v, cb);
}

/* SYSENTER is #GP as long as there is no callback (callback.c). */
static void fast_call(struct vcpu *v)
{
	v->regs.rflags |= FLAG_IF;
	bounce_callback(v, &v->pv.sysenter_cb);
}

/*
 * The IRET into the guest failed: its selectors.  One in the LDT may only lack
 * its page in the shadow; then it is tried again.  (An NMI that hit exactly
 * there has harmed nothing.)
 */
static void bad_iret(struct vcpu *v, unsigned vec)
{
	if (vec == VEC_NMI || vec == VEC_MC || vec == VEC_DB)
		return;
	if (vec == VEC_PF && (segments_ldt_need(v, (uint16_t)v->regs.cs) ||
			      segments_ldt_need(v, (uint16_t)v->regs.ss)))
		return;
	bounce_failsafe(v);
}

static inline bool page_fault_alone(struct vcpu *v)
{
	uint64_t err = v->regs.error;

	if ((err & (FAULT_U | FAULT_RSVD)) != FAULT_U ||
	    ((err & (FAULT_P | FAULT_W)) == (FAULT_P | FAULT_W) &&
	     v->pv.kernel_mode))
		return false;
	return bounce_page_fault_alone(v, read_cr2(), err);
}

__attribute__((hot)) bool
trap_alone(struct vcpu *v)
{
	struct regs *r = &v->regs;

	if (r->vector == VEC_PF)
		return page_fault_alone(v);
	if (r->vector != EXIT_SYSCALL)
		return false;
	if (!v->pv.kernel_mode) {
		if (!v->pv.syscall_cb.address)
			return false;
		r->rflags &= ~(uint64_t)FLAG_DF;
		return bounce_callback_alone(v, &v->pv.syscall_cb);
	}
	return r->rax == __HYPERVISOR_iret && iret_alone(v);
}

__attribute__((hot)) void
trap_exit(struct vcpu *v)
{
	uint64_t why = v->regs.vector;

	v->pv.sysret = false;
	budget_start();
	if (why == EXIT_SYSCALL && v->pv.kernel_mode)
		hypercall(v);
	else if (why == VEC_PF)
		page_fault(v);
	else if (why == EXIT_SYSCALL)
		system_call(v, &v->pv.syscall_cb);
	else if (why == EXIT_SYSCALL32)
		system_call(v, &v->pv.syscall32_cb);
	else if (why == EXIT_SYSENTER)
		fast_call(v);
	else if (why & EXIT_BAD_IRET)
		bad_iret(v, why & 0xff);
	else if (why >= VEC_IRQ)
		irq_arrived((unsigned)why);
	else
		exception(v, (unsigned)why);
}

__attribute__((hot)) void
trap_deliver_waiting(struct vcpu *v)
{
	vcpu_info_t *vi = v->info;

	if (v->pv.nmi_pending && !v->pv.nmi_masked &&
	    v->pv.trap[VEC_NMI].address) {
		v->pv.nmi_pending = false;
		v->pv.nmi_masked = true;
		bounce_trap(v, VEC_NMI, NO_ERROR_CODE);
	}
	if (vi->evtchn_upcall_pending && !vi->evtchn_upcall_mask &&
	    v->pv.event_cb.address) {
		struct callback cb = { v->pv.event_cb.address, true };

		bounce_callback(v, &cb);
	}
}
