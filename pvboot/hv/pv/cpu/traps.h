/* What made a guest exit, and its next entry. */
#ifndef PVBOOT_HV_PV_CPU_TRAPS_H
#define PVBOOT_HV_PV_CPU_TRAPS_H

#include "pvboot/hv/pv/domain.h"

void trap_exit(struct vcpu *v);
void trap_deliver(struct vcpu *v);

#endif
