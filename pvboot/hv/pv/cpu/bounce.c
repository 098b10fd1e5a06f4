/*
 * Frames on the guest kernel's stack: exceptions, events, system calls.
 * The layouts are those of Xen's PV ABI: rcx, r11, [error code], then an
 * IRET frame; cs carries the saved event mask in its upper half.
 */
#include "pvboot/hv/pv/cpu/bounce.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

/* Flags as the guest must see them: IF is its event mask, IOPL virtual. */
static uint64_t guest_flags(struct vcpu *v)
{
	uint64_t f = v->regs.rflags & ~(uint64_t)(FLAG_IF | FLAG_IOPL);

	if (!v->info->evtchn_upcall_mask)
		f |= FLAG_IF;
	if (vcpu_assist(v, VMASST_TYPE_architectural_iopl))
		f |= (uint64_t)v->pv.iopl << 12;
	return f;
}

/* What is pushed, from the end to the front. */
static inline uint64_t *put_iret_frame(struct vcpu *v, uint64_t *top)
{
	uint64_t cs = v->regs.cs & 0xffff;

	*--top = v->regs.ss & 0xffff;
	*--top = v->regs.rsp;
	*--top = guest_flags(v);
	if (v->pv.kernel_mode)
		cs &= ~3ULL;
	*--top = cs | (uint64_t)v->info->evtchn_upcall_mask << 32;
	*--top = v->regs.rip;
	return top;
}

static inline void put_rest(struct vcpu *v, uint64_t *top)
{
	*--top = v->regs.r11;
	*--top = v->regs.rcx;
}

/* Where N words go on the kernel's stack. */
static inline uint64_t stack_for(const struct vcpu *v, unsigned n)
{
	return ((v->pv.kernel_mode ? v->regs.rsp : v->pv.kernel_sp) & ~15ULL) -
		n * sizeof(uint64_t);
}

/* To kernel mode, if not there, with what has been pushed at SP. */
static inline void enter_handler(struct vcpu *v, uint64_t rip, bool mask,
				 uint64_t sp)
{
	struct regs *r = &v->regs;

	r->rip = rip;
	r->cs = SEL_KERNEL_CS;
	r->ss = SEL_KERNEL_SS;
	r->rsp = sp;
	r->rflags &= ~(uint64_t)(FLAG_AC | FLAG_VM | FLAG_RF | FLAG_NT |
				 FLAG_TF);
	v->pv.sysret = true;
	if (mask)
		v->info->evtchn_upcall_mask = 1;
	if (!v->pv.kernel_mode)
		vcpu_switch(v, true);
}

/*
 * False: nothing is done, as the stack cannot be written; or ALONE it cannot,
 * without the lock.
 */
static inline __attribute__((always_inline)) bool
bounce(struct vcpu *v, uint64_t rip, bool mask, uint64_t error, bool alone)
{
	unsigned n = error == NO_ERROR_CODE ? 7 : 8;
	uint64_t sp = stack_for(v, n), word[8], *top;
	uint64_t *at = guest_at(v->pv.kernel_root.mfn, sp, n * sizeof(*at),
				true);

	if (!at && alone)
		return false;
	top = put_iret_frame(v, (at ? at : word) + n);
	if (error != NO_ERROR_CODE)
		*--top = error;
	put_rest(v, top);
	if (!at && !guest_kernel_write(v, sp, word, n * sizeof(*word)))
		return false;
	enter_handler(v, rip, mask, sp);
	return true;
}

static void no_stack(struct vcpu *v)
{
	kill_guest(v->domain, "its stack at %llx cannot be written",
		   (unsigned long long)(v->pv.kernel_mode ? v->regs.rsp :
					v->pv.kernel_sp));
}

static void bounce_or_kill(struct vcpu *v, uint64_t rip, bool mask,
			   uint64_t error)
{
	if (!bounce(v, rip, mask, error, false))
		no_stack(v);
}

void bounce_trap(struct vcpu *v, unsigned vec, uint64_t error)
{
	const struct trap_gate *g = &v->pv.trap[vec];

	if (!g->address) {
		kill_guest(v->domain, "exception %u (error %llx) without a "
			   "handler", vec, (unsigned long long)
			   (error == NO_ERROR_CODE ? 0 : error));
		return;
	}
	bounce_or_kill(v, g->address, g->flags & 4, error);
}

/* The error code that its kernel sees, of two modes in one ring. */
static uint64_t fault(struct vcpu *v, uint64_t cr2, uint64_t error)
{
	v->pv.cr2 = cr2;
	v->info->arch.cr2 = cr2;
	return (error & ~4ULL) | (v->pv.kernel_mode ? 0 : 4);
}

void bounce_page_fault(struct vcpu *v, uint64_t cr2, uint64_t error)
{
	bounce_trap(v, VEC_PF, fault(v, cr2, error));
}

void bounce_callback(struct vcpu *v, const struct callback *cb)
{
	bounce_or_kill(v, cb->address, cb->mask_events, NO_ERROR_CODE);
}

__attribute__((hot)) bool
bounce_page_fault_alone(struct vcpu *v, uint64_t cr2, uint64_t error)
{
	const struct trap_gate *g = &v->pv.trap[VEC_PF];

	return g->address && (v->pv.kernel_mode || vcpu_toggles_alone(v)) &&
		bounce(v, g->address, g->flags & 4, fault(v, cr2, error), true);
}

__attribute__((hot)) bool
bounce_callback_alone(struct vcpu *v, const struct callback *cb)
{
	return vcpu_toggles_alone(v) &&
		bounce(v, cb->address, cb->mask_events, NO_ERROR_CODE, true);
}

static uint64_t live_selector(int which)
{
	uint16_t s;

	switch (which) {
	case 0:
		__asm__ volatile("mov %%ds, %0" : "=rm"(s));
		break;
	case 1:
		__asm__ volatile("mov %%es, %0" : "=rm"(s));
		break;
	case 2:
		__asm__ volatile("mov %%fs, %0" : "=rm"(s));
		break;
	default:
		__asm__ volatile("mov %%gs, %0" : "=rm"(s));
		break;
	}
	return s;
}

/* Its IRET named selectors that the processor refused. */
void bounce_failsafe(struct vcpu *v)
{
	uint64_t word[11], *top = word + 11, sp = stack_for(v, 11);
	int i;

	if (!v->pv.failsafe_cb.address) {
		kill_guest(v->domain, "bad return frame (cs %llx ss %llx) and "
			   "no failsafe callback",
			   (unsigned long long)v->regs.cs,
			   (unsigned long long)v->regs.ss);
		return;
	}
	top = put_iret_frame(v, top);
	for (i = 3; i >= 0; i--)
		*--top = live_selector(i);
	put_rest(v, top);
	if (guest_kernel_write(v, sp, word, sizeof(word)))
		enter_handler(v, v->pv.failsafe_cb.address,
			      v->pv.failsafe_cb.mask_events, sp);
	else
		no_stack(v);
}
