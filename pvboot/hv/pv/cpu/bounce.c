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

struct bounce {
	uint64_t word[11];
	unsigned n;
};

static void put(struct bounce *b, uint64_t w)
{
	b->word[b->n++] = w;
}

static void put_iret_frame(struct vcpu *v, struct bounce *b, bool user)
{
	uint64_t cs = v->regs.cs & 0xffff;

	put(b, v->regs.rip);
	if (!user)
		cs &= ~3ULL;
	put(b, cs | (uint64_t)v->info->evtchn_upcall_mask << 32);
	put(b, guest_flags(v));
	put(b, v->regs.rsp);
	put(b, v->regs.ss & 0xffff);
}

static void enter_handler(struct vcpu *v, const struct bounce *b,
			  uint64_t rip, bool mask, uint64_t sp)
{
	struct regs *r = &v->regs;

	sp = (sp & ~15ULL) - b->n * 8;
	if (!guest_write(v, sp, b->word, b->n * 8)) {
		kill_guest(v->domain, "its stack at %llx cannot be written",
			   (unsigned long long)sp);
		return;
	}
	r->rip = rip;
	r->cs = SEL_KERNEL_CS;
	r->ss = SEL_KERNEL_SS;
	r->rsp = sp;
	r->rflags &= ~(uint64_t)(FLAG_AC | FLAG_VM | FLAG_RF | FLAG_NT |
				 FLAG_TF);
	v->pv.sysret = true;
	if (mask)
		v->info->evtchn_upcall_mask = 1;
}

/* To kernel mode, if not there; the stack to push on. */
static uint64_t to_kernel(struct vcpu *v)
{
	if (v->pv.kernel_mode)
		return v->regs.rsp;
	vcpu_toggle(v);
	return v->pv.kernel_sp;
}

static void bounce(struct vcpu *v, uint64_t rip, bool mask, uint64_t error)
{
	struct bounce b = { .n = 0 };
	bool user = !v->pv.kernel_mode;
	uint64_t sp = to_kernel(v);

	put(&b, v->regs.rcx);
	put(&b, v->regs.r11);
	if (error != NO_ERROR_CODE)
		put(&b, error);
	put_iret_frame(v, &b, user);
	enter_handler(v, &b, rip, mask, sp);
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
	bounce(v, g->address, g->flags & 4, error);
}

void bounce_page_fault(struct vcpu *v, uint64_t cr2, uint64_t error)
{
	v->pv.cr2 = cr2;
	v->info->arch.cr2 = cr2;
	error &= ~4ULL;
	if (!v->pv.kernel_mode)
		error |= 4;
	bounce_trap(v, VEC_PF, error);
}

void bounce_callback(struct vcpu *v, const struct callback *cb)
{
	bounce(v, cb->address, cb->mask_events, NO_ERROR_CODE);
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
	struct bounce b = { .n = 0 };
	bool user = !v->pv.kernel_mode;
	uint64_t sp;
	int i;

	if (!v->pv.failsafe_cb.address) {
		kill_guest(v->domain, "bad return frame (cs %llx ss %llx) and "
			   "no failsafe callback",
			   (unsigned long long)v->regs.cs,
			   (unsigned long long)v->regs.ss);
		return;
	}
	sp = to_kernel(v);
	put(&b, v->regs.rcx);
	put(&b, v->regs.r11);
	for (i = 0; i < 4; i++)
		put(&b, live_selector(i));
	put_iret_frame(v, &b, user);
	enter_handler(v, &b, v->pv.failsafe_cb.address,
		      v->pv.failsafe_cb.mask_events, sp);
}
