/* Questions about the hypervisor. */
#ifndef PVBOOT_HV_PV_CPU_HYPERCALL_VERSION_H
#define PVBOOT_HV_PV_CPU_HYPERCALL_VERSION_H

#include "pvboot/hv/pv/domain.h"

int64_t do_xen_version(struct vcpu *v, const uint64_t *a);
int64_t do_vm_assist(struct vcpu *v, const uint64_t *a);

#endif
