/* Ports, as a domain without devices sees them. */
#ifndef PVBOOT_HV_PV_CPU_PRIVILEGED_IO_PORTS_H
#define PVBOOT_HV_PV_CPU_PRIVILEGED_IO_PORTS_H

#include "pvboot/hv/pv/cpu/privileged/priv_op.h"

struct io_access {
	uint16_t port;
	uint8_t size;		/* 1, 2 or 4 bytes */
	bool in;
	bool string; /* by rdi, or by rsi and the base of a segment */
	uint64_t base;
};

enum priv_result io_ports_access(struct vcpu *v, const struct io_access *io);
int64_t do_physdev_op(struct vcpu *v, const uint64_t *a);

#endif
