/*
 * How the guest returns: a hypercall in place of the instruction.
 */
#include "pvboot/hv/pv/cpu/iret.h"

#include <stdint.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

/* What an IRET of the guest may set; IF and IOPL are virtual. */
#define IRET_FLAGS	0x00204dd5ULL	/* ID NT OF DF TF SF ZF AF PF CF */

uint64_t iret_flags(uint64_t flags)
{
	return (flags & (IRET_FLAGS | FLAG_AC | FLAG_RF)) | FLAG_IF |
		FLAG_FIXED;
}

/*
 * iret: the frame on the guest's stack.  Selectors get RPL 3; wrong ones fault
 * at our IRET, which is the guest's failsafe callback's business.
 */
int64_t do_iret(struct vcpu *v, const uint64_t *a)
{
	struct iret_context c;
	struct regs *r = &v->regs;

	if (!guest_read(v, &c, r->rsp, sizeof(c))) {
		kill_guest(v->domain, "iret: no frame at %llx",
			   (unsigned long long)r->rsp);
		return 0;
	}
	v->pv.left = true;
	v->pv.nmi_masked = false;
	if ((c.cs & 3) == 3) {
		if (!v->pv.user_root.mfn) {
			kill_guest(v->domain, "iret to user mode without "
				   "user page tables");
			return 0;
		}
		vcpu_toggle(v);
	}
	r->rip = c.rip;
	r->cs = (c.cs & 0xffff) | 3;
	r->ss = (c.ss & 0xffff) | 3;
	r->rsp = c.rsp;
	r->rflags = iret_flags(c.rflags);
	if (vcpu_assist(v, VMASST_TYPE_architectural_iopl))
		v->pv.iopl = c.rflags >> 12 & 3;
	r->rax = c.rax;
	v->pv.sysret = c.flags & VGCF_IN_SYSCALL;
	if (!v->pv.sysret) {
		r->rcx = c.rcx;
		r->r11 = c.r11;
	}
	v->info->evtchn_upcall_mask = !(c.rflags & FLAG_IF);
	return 0;
}
