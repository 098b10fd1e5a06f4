/*
 * How the guest returns: a hypercall in place of the instruction.
 */
#include "pvboot/hv/pv/cpu/iret.h"

#include <stdint.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/traps.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/tlb.h"

/* What an IRET of the guest may set; IF and IOPL are virtual. */
#define IRET_FLAGS	0x00204dd5ULL	/* ID NT OF DF TF SF ZF AF PF CF */

uint64_t iret_flags(uint64_t flags)
{
	return (flags & (IRET_FLAGS | FLAG_AC | FLAG_RF)) | FLAG_IF |
		FLAG_FIXED;
}

/*
 * From the frame C, which may be the guest's memory: each word is read once, CS
 * and RFLAGS before.  Selectors get RPL 3; wrong ones fault at our IRET, which
 * is the guest's failsafe callback's business.
 */
static inline void load(struct vcpu *v, const volatile struct iret_context *c,
			uint64_t cs, uint64_t rflags)
{
	struct regs *r = &v->regs;

	r->rip = c->rip;
	r->cs = (cs & 0xffff) | 3;
	r->ss = (c->ss & 0xffff) | 3;
	r->rsp = c->rsp;
	r->rflags = iret_flags(rflags);
	if (vcpu_assist(v, VMASST_TYPE_architectural_iopl))
		v->pv.iopl = rflags >> 12 & 3;
	r->rax = c->rax;
	v->pv.sysret = c->flags & VGCF_IN_SYSCALL;
	if (!v->pv.sysret) {
		r->rcx = c->rcx;
		r->r11 = c->r11;
	}
	v->pv.nmi_masked = false;
	v->info->evtchn_upcall_mask = !(rflags & FLAG_IF);
	if ((cs & 3) == 3)
		vcpu_switch(v, false);
}

/* Is there what it wants to return to? */
static inline bool root_is_there(const struct vcpu *v, uint64_t cs)
{
	return (cs & 3) != 3 || v->pv.user_root.mfn;
}

/* iret: the frame on the guest's stack. */
int64_t do_iret(struct vcpu *v, const uint64_t *a)
{
	struct iret_context c;

	if (!guest_read(v, &c, v->regs.rsp, sizeof(c))) {
		kill_guest(v->domain, "iret: no frame at %llx",
			   (unsigned long long)v->regs.rsp);
		return 0;
	}
	v->pv.left = true;
	if (root_is_there(v, c.cs))
		load(v, &c, c.cs, c.rflags);
	else
		kill_guest(v->domain, "iret to user mode without user page "
			   "tables");
	return 0;
}

__attribute__((hot)) bool
iret_alone(struct vcpu *v)
{
	const volatile struct iret_context *c =
		guest_at(v->pv.kernel_root.mfn, v->regs.rsp, sizeof(*c), false);
	uint64_t cs, rflags;

	if (!c || v->pv.nmi_pending || tlb_turns())
		return false;
	cs = c->cs;
	rflags = c->rflags;
	if (!root_is_there(v, cs) ||
	    (rflags & FLAG_IF && v->info->evtchn_upcall_pending))
		return false;
	load(v, c, cs, rflags);
	v->pv.sysret = v->pv.sysret && trap_sysret(&v->regs);
	return true;
}
