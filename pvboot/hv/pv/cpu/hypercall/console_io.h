/* The emergency console. */
#ifndef PVBOOT_HV_PV_CPU_HYPERCALL_CONSOLE_IO_H
#define PVBOOT_HV_PV_CPU_HYPERCALL_CONSOLE_IO_H

#include "pvboot/hv/pv/domain.h"

int64_t do_console_io(struct vcpu *v, const uint64_t *a);

#endif
