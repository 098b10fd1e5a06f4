/*
 * The hypercalls of the core, for the playing guest; the rest needs a machine.
 */
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "pvboot/hv/pv/cpu/hypercall/multicall.h"
#include "pvboot/hv/pv/cpu/iret.h"
#include "pvboot/hv/pv/cpu/sched.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/grant_op.h"
#include "pvboot/hv/pv/memory/memory_op.h"
#include "pvboot/hv/pv/memory/mmu.h"
#include "pvboot/hv/pv/memory/segments.h"

hypercall_fn *const hypercall_table[HYPERCALLS] = {
	[__HYPERVISOR_mmu_update] = do_mmu_update,
	[__HYPERVISOR_set_gdt] = do_set_gdt,
	[__HYPERVISOR_update_descriptor] = do_update_descriptor,
	[__HYPERVISOR_memory_op] = do_memory_op,
	[__HYPERVISOR_multicall] = do_multicall,
	[__HYPERVISOR_update_va_mapping] = do_update_va_mapping,
	[__HYPERVISOR_event_channel_op_compat] = do_event_channel_compat,
	[__HYPERVISOR_grant_table_op] = do_grant_table_op,
	[__HYPERVISOR_set_segment_base] = do_set_segment_base,
	[__HYPERVISOR_mmuext_op] = do_mmuext_op,
	[__HYPERVISOR_event_channel_op] = do_event_channel_op,
	[__HYPERVISOR_vcpu_op] = do_vcpu_op,
	[__HYPERVISOR_sched_op] = do_sched_op,
	[__HYPERVISOR_sched_op_compat] = do_sched_op_compat,
	[__HYPERVISOR_set_timer_op] = do_set_timer_op,
	[__HYPERVISOR_nmi_op] = do_nmi_op,
	[__HYPERVISOR_iret] = do_iret,
};
