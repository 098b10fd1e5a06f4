/* Hypercalls on page tables. */
#ifndef PVBOOT_HV_PV_MEMORY_MMU_H
#define PVBOOT_HV_PV_MEMORY_MMU_H

#include "pvboot/hv/pv/domain.h"

int64_t do_mmu_update(struct vcpu *v, const uint64_t *a);
int64_t do_mmuext_op(struct vcpu *v, const uint64_t *a);
int64_t do_update_va_mapping(struct vcpu *v, const uint64_t *a);

#endif
