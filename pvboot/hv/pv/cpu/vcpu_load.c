/*
 * What vcpu_start.c has left for the vCPU's own processor: segments and what
 * has no copy in struct vcpu.  The numbers have been checked there.
 */
#include "pvboot/hv/pv/cpu/vcpu_load.h"

#include "pvboot/hv/machine/trap.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/privileged/control_regs.h"
#include "pvboot/hv/pv/cpu/privileged/debug_regs.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/segments.h"

/* A selector of a segment register: null, or of ring 3 and with its page. */
static uint16_t selector(struct vcpu *v, uint16_t sel)
{
	if (sel <= 3)
		return 0;
	segments_ldt_need(v, sel | 3);
	return sel | 3;
}

void vcpu_load(struct vcpu *v)
{
	const struct vcpu_start *s = &v->pv.start;

	v->pv.starts = false;
	budget_start();
	core_ldt_limit(v, v->pv.ldt_ents);
	if (s->has_fpu)
		trap_fxrstor(s->fpu);
	control_regs_load(v);
	debug_regs_load(v);
	trap_load_ds(selector(v, s->ds));
	trap_load_es(selector(v, s->es));
	trap_load_fs(selector(v, s->fs));
	trap_load_gs(selector(v, s->gs));
	core_set_base(v, SEGBASE_FS, s->fs_base);
	core_set_base(v, SEGBASE_GS_KERNEL, s->gs_kernel);
	core_set_base(v, SEGBASE_GS_USER, s->gs_user);
	if (!v->pv.kernel_mode)
		core_swap_gs(v);
}
