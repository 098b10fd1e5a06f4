/*
 * Which hypercalls there are.
 */
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"

#include "pvboot/hv/pv/cpu/callback.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/cpu/hypercall/console_io.h"
#include "pvboot/hv/pv/cpu/hypercall/multicall.h"
#include "pvboot/hv/pv/cpu/hypercall/test_op.h"
#include "pvboot/hv/pv/cpu/hypercall/version.h"
#include "pvboot/hv/pv/cpu/iret.h"
#include "pvboot/hv/pv/cpu/privileged/debug_regs.h"
#include "pvboot/hv/pv/cpu/privileged/io_ports.h"
#include "pvboot/hv/pv/cpu/sched.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/grant_op.h"
#include "pvboot/hv/pv/memory/memory_op.h"
#include "pvboot/hv/pv/memory/mmu.h"
#include "pvboot/hv/pv/memory/segments.h"

static int64_t do_denied(struct vcpu *v, const uint64_t *a)
{
	return -XEN_EPERM;
}

hypercall_fn *const hypercall_table[HYPERCALLS] = {
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
