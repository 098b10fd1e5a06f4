/*
 * The hypercall table, multicall, and access to the guest's memory.
 * Arguments: rdi, rsi, rdx, r10, r8, r9; the result goes to rax.
 */
#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/domain.h"
#include "pvboot/hv/machine/machine.h"

typedef int64_t hypercall_fn(struct vcpu *v, const uint64_t *a);

static hypercall_fn do_multicall;

static int64_t do_denied(struct vcpu *v, const uint64_t *a)
{
	return -XEN_EPERM;
}

static hypercall_fn *const table[64] = {
	[__HYPERVISOR_set_trap_table] = do_set_trap_table,
	[__HYPERVISOR_mmu_update] = do_mmu_update,
	[__HYPERVISOR_set_gdt] = do_set_gdt,
	[__HYPERVISOR_stack_switch] = do_stack_switch,
	[__HYPERVISOR_set_callbacks] = do_set_callbacks,
	[__HYPERVISOR_fpu_taskswitch] = do_fpu_taskswitch,
	[__HYPERVISOR_sched_op_compat] = do_sched_op_compat,
	[__HYPERVISOR_platform_op] = do_denied,
	[__HYPERVISOR_set_debugreg] = do_set_debugreg,
	[__HYPERVISOR_get_debugreg] = do_get_debugreg,
	[__HYPERVISOR_update_descriptor] = do_update_descriptor,
	[__HYPERVISOR_memory_op] = do_memory_op,
	[__HYPERVISOR_multicall] = do_multicall,
	[__HYPERVISOR_update_va_mapping] = do_update_va_mapping,
	[__HYPERVISOR_set_timer_op] = do_set_timer_op,
	[__HYPERVISOR_event_channel_op_compat] = do_event_channel_compat,
	[__HYPERVISOR_xen_version] = do_xen_version,
	[__HYPERVISOR_console_io] = do_console_io,
	[__HYPERVISOR_grant_table_op] = do_grant_table_op,
	[__HYPERVISOR_vm_assist] = do_vm_assist,
	[__HYPERVISOR_update_va_mapping_otherdomain] = do_denied,
	[__HYPERVISOR_iret] = do_iret,
	[__HYPERVISOR_vcpu_op] = do_vcpu_op,
	[__HYPERVISOR_set_segment_base] = do_set_segment_base,
	[__HYPERVISOR_mmuext_op] = do_mmuext_op,
	[__HYPERVISOR_nmi_op] = do_nmi_op,
	[__HYPERVISOR_sched_op] = do_sched_op,
	[__HYPERVISOR_callback_op] = do_callback_op,
	[__HYPERVISOR_event_channel_op] = do_event_channel_op,
	[__HYPERVISOR_physdev_op] = do_physdev_op,
	[__HYPERVISOR_sysctl] = do_denied,
	[__HYPERVISOR_domctl] = do_denied,
	[__HYPERVISOR_arch_7] = do_test_op,
};

static int64_t dispatch(struct vcpu *v, uint64_t nr, const uint64_t *a)
{
	if (nr >= 64 || !table[nr])
		return -XEN_ENOSYS;
	return table[nr](v, a);
}

void hypercall(struct vcpu *v)
{
	struct regs *r = &v->regs;
	uint64_t a[6] = { r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9 };
	int64_t result;

	v->left = false;
	v->sysret = true;
	result = dispatch(v, r->rax, a);
	tlb_flush_wanted();
	if (!v->left)
		r->rax = (uint64_t)result;
}

/*
 * Let the guest make the same call again, with other first arguments: it runs
 * its SYSCALL (2 bytes) once more.
 */
void hypercall_again(struct vcpu *v, uint64_t arg0, uint64_t arg1)
{
	v->regs.rdi = arg0;
	v->regs.rsi = arg1;
	v->regs.rip -= 2;
	v->left = true;
}

#define MULTICALL_PART 256U

/*
 * multicall(entries, count).  An entry that leaves guest kernel mode, or ends
 * the domain, ends the batch: the rest would run as somebody else.
 */
static int64_t do_multicall(struct vcpu *v, const uint64_t *a)
{
	uint32_t count = (uint32_t)a[1], i;
	uint32_t n = count > MULTICALL_PART ? MULTICALL_PART : count;
	struct multicall_entry e;
	uint64_t at = a[0];

	if (v->in_multicall)
		return -XEN_EINVAL;
	if (!guest_range(at, (uint64_t)count * sizeof(e)))
		return -XEN_EFAULT;
	v->in_multicall = true;
	for (i = 0; i < n; i++, at += sizeof(e)) {
		if (!guest_read(&e, at, sizeof(e)))
			break;
		e.result = (xen_ulong_t)dispatch(v, e.op,
						 (const uint64_t *)e.args);
		if (v->left || v->domain->shutdown >= 0)
			break;
		if (!guest_write(at + offsetof(struct multicall_entry, result),
				 &e.result, sizeof(e.result)))
			break;
	}
	v->in_multicall = false;
	if (i < n)
		return v->left ? 0 : -XEN_EFAULT;
	if (n < count)
		hypercall_again(v, at, count - n);
	return 0;
}

bool guest_range(uint64_t va, uint64_t len)
{
	uint64_t end;

	if (__builtin_add_overflow(va, len, &end))
		return false;
	return end <= 1ULL << 47 || va >= HV_HOLE_END;
}

bool guest_read(void *to, uint64_t va, size_t len)
{
	return guest_range(va, len) &&
		guest_copy(to, (const void *)(uintptr_t)va, len);
}

bool guest_write(uint64_t va, const void *from, size_t len)
{
	return guest_range(va, len) &&
		guest_copy((void *)(uintptr_t)va, from, len);
}
