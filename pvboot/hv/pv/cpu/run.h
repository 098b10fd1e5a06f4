/* The main loop. */
#ifndef PVBOOT_HV_PV_CPU_RUN_H
#define PVBOOT_HV_PV_CPU_RUN_H

#include "pvboot/hv/pv/domain.h"

void run(struct vcpu *v) __attribute__((noreturn));

#endif
