/*
 * Guest memory by the guest's own addresses (kernel mode's tables).  The whole
 * range must lie outside the hypervisor's hole.
 */
#ifndef PVBOOT_HV_PV_MEMORY_GUEST_MEM_H
#define PVBOOT_HV_PV_MEMORY_GUEST_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* May the guest name this range as its own memory? */
bool guest_range(uint64_t va, uint64_t len);
/* false: -XEN_EFAULT. */
bool guest_read(void *to, uint64_t va, size_t len);
bool guest_write(uint64_t va, const void *from, size_t len);

#endif
