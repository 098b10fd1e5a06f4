/*
 * Where the guest wants to be entered, and how it returns: trap table,
 * callbacks, kernel stack, debug registers, iret.
 */
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/domain.h"
#include "pvboot/hv/machine/machine.h"

#include <xen/callback.h>

/* What an IRET of the guest may set; IF and IOPL are virtual. */
#define IRET_FLAGS	0x00204dd5ULL	/* ID NT OF DF TF SF ZF AF PF CF */

/* Handlers may not lie where SYSRET or IRET would fault. */
static bool entry_ok(uint64_t va)
{
	return addr_canonical(va);
}

/* set_trap_table(table); 0 clears it */
int64_t do_set_trap_table(struct vcpu *v, const uint64_t *a)
{
	struct trap_info t;
	uint64_t at = a[0];
	unsigned i;

	if (!at) {
		for (i = 0; i < 256; i++)
			v->trap[i] = (struct trap_gate){ 0 };
		return 0;
	}
	for (i = 0; i <= 256; i++, at += sizeof(t)) {
		if (!guest_read(&t, at, sizeof(t)))
			return -XEN_EFAULT;
		if (!t.address)
			return 0;
		if (!entry_ok(t.address))
			return -XEN_EINVAL;
		v->trap[t.vector] = (struct trap_gate){
			t.address, t.cs, t.flags
		};
	}
	return -XEN_EINVAL;
}

static struct callback *slot_of(struct vcpu *v, unsigned type)
{
	switch (type) {
	case CALLBACKTYPE_event:
		return &v->event_cb;
	case CALLBACKTYPE_failsafe:
		return &v->failsafe_cb;
	case CALLBACKTYPE_syscall:
		return &v->syscall_cb;
	case CALLBACKTYPE_sysenter:
	case CALLBACKTYPE_sysenter_deprecated:
		return &v->sysenter_cb;
	case CALLBACKTYPE_syscall32:
		return &v->syscall32_cb;
	}
	return NULL;
}

static int64_t set_callback(struct vcpu *v, uint64_t arg, bool set)
{
	struct callback_register r;
	struct callback_unregister u;
	struct callback *cb;

	if (!guest_read(&u, arg, sizeof(u)) ||
	    (set && !guest_read(&r, arg, sizeof(r))))
		return -XEN_EFAULT;
	cb = slot_of(v, set ? r.type : u.type);
	if (!cb)
		return (set ? r.type : u.type) == CALLBACKTYPE_nmi ?
			-XEN_EINVAL : -XEN_ENOSYS;
	if (!set) {
		if (cb == &v->event_cb || cb == &v->failsafe_cb)
			return -XEN_EINVAL;
		*cb = (struct callback){ 0 };
		return 0;
	}
	if (!entry_ok(r.address))
		return -XEN_EINVAL;
	*cb = (struct callback){ r.address, r.flags & CALLBACKF_mask_events };
	return 0;
}

/* callback_op(cmd, arg) */
int64_t do_callback_op(struct vcpu *v, const uint64_t *a)
{
	if (a[0] == CALLBACKOP_register || a[0] == CALLBACKOP_unregister)
		return set_callback(v, a[1], a[0] == CALLBACKOP_register);
	return -XEN_ENOSYS;
}

/* set_callbacks(event, failsafe, syscall) */
int64_t do_set_callbacks(struct vcpu *v, const uint64_t *a)
{
	if (!entry_ok(a[0]) || !entry_ok(a[1]) || !entry_ok(a[2]))
		return -XEN_EINVAL;
	v->event_cb = (struct callback){ a[0], true };
	v->failsafe_cb = (struct callback){ a[1], false };
	v->syscall_cb = (struct callback){ a[2], false };
	return 0;
}

/* stack_switch(ss, sp) */
int64_t do_stack_switch(struct vcpu *v, const uint64_t *a)
{
	v->kernel_ss = a[0] | 3;
	v->kernel_sp = a[1];
	return 0;
}

/*
 * iret: the frame on the guest's stack.  Selectors get RPL 3; wrong ones fault
 * at our IRET, which is the guest's failsafe callback's business.
 */
int64_t do_iret(struct vcpu *v, const uint64_t *a)
{
	struct iret_context c;
	struct regs *r = &v->regs;

	if (!guest_read(&c, r->rsp, sizeof(c))) {
		kill_guest(v->domain, "iret: no frame at %llx",
			   (unsigned long long)r->rsp);
		return 0;
	}
	v->left = true;
	v->nmi_masked = false;
	if ((c.cs & 3) == 3) {
		if (!v->user_root.mfn) {
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
	r->rflags = (c.rflags & IRET_FLAGS) | (c.rflags & FLAG_AC) | FLAG_IF |
		FLAG_FIXED | (c.rflags & FLAG_RF);
	if (v->arch_iopl)
		v->iopl = c.rflags >> 12 & 3;
	r->rax = c.rax;
	v->sysret = c.flags & VGCF_IN_SYSCALL;
	if (!v->sysret) {
		r->rcx = c.rcx;
		r->r11 = c.r11;
	}
	v->info->evtchn_upcall_mask = !(c.rflags & FLAG_IF);
	return 0;
}

/* ---- debug registers ---- */

int vcpu_set_debugreg(struct vcpu *v, unsigned reg, uint64_t val)
{
	switch (reg) {
	case 0 ... 3:
		if (!guest_range(val, 8))
			return -XEN_EPERM;
		break;
	case 4:
	case 6:
		reg = 6;
		val = (val & 0xe00f) | 0xffff0ff0;
		break;
	case 5:
	case 7:
		reg = 7;
		if (val >> 32)
			return -XEN_EPERM;
		/* No GD, no I/O breakpoints (CR4.DE is ours). */
		if ((val >> 16 & 3) == 2 || (val >> 20 & 3) == 2 ||
		    (val >> 24 & 3) == 2 || (val >> 28 & 3) == 2)
			return -XEN_EPERM;
		val = (val & 0xffff03ff) | 0x400;
		break;
	default:
		return -XEN_EINVAL;
	}
	v->dr[reg] = val;
	switch (reg) {
	case 0:
		__asm__ volatile("mov %0, %%dr0" : : "r"(val));
		break;
	case 1:
		__asm__ volatile("mov %0, %%dr1" : : "r"(val));
		break;
	case 2:
		__asm__ volatile("mov %0, %%dr2" : : "r"(val));
		break;
	case 3:
		__asm__ volatile("mov %0, %%dr3" : : "r"(val));
		break;
	case 7:
		__asm__ volatile("mov %0, %%dr7" : : "r"(val));
		break;
	}
	return 0;
}

int64_t do_set_debugreg(struct vcpu *v, const uint64_t *a)
{
	return vcpu_set_debugreg(v, a[0] > 7 ? 8 : (unsigned)a[0], a[1]);
}

int64_t do_get_debugreg(struct vcpu *v, const uint64_t *a)
{
	unsigned reg = (unsigned)a[0];

	if (a[0] > 7)
		return -XEN_EINVAL;
	if (reg == 4 || reg == 5)
		reg += 2;
	return (int64_t)v->dr[reg];
}
