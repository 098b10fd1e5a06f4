/*
 * Guest memory by the guest's own addresses, as vCPU V itself could reach it at
 * this moment: by the tables of its mode, with their user and write bits.
 */
#ifndef PVBOOT_HV_PV_MEMORY_GUEST_MEM_H
#define PVBOOT_HV_PV_MEMORY_GUEST_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"

struct vcpu;

/* May the guest name this range as its own memory? */
static inline bool guest_range(uint64_t va, uint64_t len)
{
	uint64_t end;

	if (__builtin_add_overflow(va, len, &end))
		return false;
	return end <= 1ULL << 47 || va >= HV_HOLE_END;
}

/* false: -XEN_EFAULT; some of it may have been copied. */
bool guest_read(struct vcpu *v, void *to, uint64_t va, size_t len);
bool guest_write(struct vcpu *v, uint64_t va, const void *from, size_t len);

#endif
