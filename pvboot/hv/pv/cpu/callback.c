/*
 * Where the guest wants to be entered: trap table, callbacks, kernel stack.
 */
#include "pvboot/hv/pv/cpu/callback.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/tables.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/callback.h>

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
			v->pv.trap[i] = (struct trap_gate){ 0 };
		return 0;
	}
	for (i = 0; i <= 256; i++, at += sizeof(t)) {
		budget_charge(2);
		if (!guest_read(v, &t, at, sizeof(t)))
			return -XEN_EFAULT;
		if (!t.address)
			return 0;
		if (!entry_ok(t.address))
			return -XEN_EINVAL;
		v->pv.trap[t.vector] = (struct trap_gate){
			t.address, t.flags
		};
	}
	return -XEN_EINVAL;
}

static struct callback *slot_of(struct vcpu *v, unsigned type)
{
	switch (type) {
	case CALLBACKTYPE_event:
		return &v->pv.event_cb;
	case CALLBACKTYPE_failsafe:
		return &v->pv.failsafe_cb;
	case CALLBACKTYPE_syscall:
		return &v->pv.syscall_cb;
	case CALLBACKTYPE_sysenter:
	case CALLBACKTYPE_sysenter_deprecated:
		return &v->pv.sysenter_cb;
	case CALLBACKTYPE_syscall32:
		return &v->pv.syscall32_cb;
	}
	return NULL;
}

static int64_t set_callback(struct vcpu *v, uint64_t arg, bool set)
{
	struct callback_register r;
	struct callback_unregister u;
	struct callback *cb;

	if (!guest_read(v, &u, arg, sizeof(u)) ||
	    (set && !guest_read(v, &r, arg, sizeof(r))))
		return -XEN_EFAULT;
	cb = slot_of(v, set ? r.type : u.type);
	if (!cb)
		return (set ? r.type : u.type) == CALLBACKTYPE_nmi ?
			-XEN_EINVAL : -XEN_ENOSYS;
	if (set ? !entry_ok(r.address) :
	    cb == &v->pv.event_cb || cb == &v->pv.failsafe_cb)
		return -XEN_EINVAL;
	*cb = (struct callback){
		set ? r.address : 0, set && r.flags & CALLBACKF_mask_events
	};
	if (cb == &v->pv.sysenter_cb)
		tables_set_sysenter(cb->address);
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
	v->pv.event_cb = (struct callback){ a[0], true };
	v->pv.failsafe_cb = (struct callback){ a[1], false };
	v->pv.syscall_cb = (struct callback){ a[2], false };
	return 0;
}

/* stack_switch(ss, sp) */
int64_t do_stack_switch(struct vcpu *v, const uint64_t *a)
{
	v->pv.kernel_sp = a[1];
	return 0;
}
