/*
 * The guest's memory, by the guest's own addresses: what faults is refused, and
 * so is the hypervisor's hole.
 */
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <stdint.h>

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/trap.h"

bool guest_range(uint64_t va, uint64_t len)
{
	uint64_t end;

	if (__builtin_add_overflow(va, len, &end))
		return false;
	return end <= 1ULL << 47 || va >= HV_HOLE_END;
}

bool guest_read(void *to, uint64_t va, size_t len)
{
	return guest_range(va, len) &&
		trap_copy(to, (const void *)(uintptr_t)va, len);
}

bool guest_write(uint64_t va, const void *from, size_t len)
{
	return guest_range(va, len) &&
		trap_copy((void *)(uintptr_t)va, from, len);
}
