/* Ports, as a domain without devices sees them. */
#ifndef PVBOOT_HV_PV_CPU_IO_PORTS_H
#define PVBOOT_HV_PV_CPU_IO_PORTS_H

#include "pvboot/hv/pv/domain.h"

bool io_ports_access(struct vcpu *v, uint8_t op, uint8_t imm, bool word);
int64_t do_physdev_op(struct vcpu *v, const uint64_t *a);

#endif
