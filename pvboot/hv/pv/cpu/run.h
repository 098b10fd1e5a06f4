/* The main loop of a processor. */
#ifndef PVBOOT_HV_PV_CPU_RUN_H
#define PVBOOT_HV_PV_CPU_RUN_H

#include "pvboot/hv/pv/domain.h"

/* V is PROCESSOR's from now on: vCPUs never migrate. */
void run_bind(unsigned processor, struct vcpu *v);
_Noreturn void run(unsigned processor);

#endif
