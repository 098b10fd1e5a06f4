/* Frames that the guest gives back and takes again. */
#ifndef PVBOOT_HV_PV_MEMORY_BALLOON_H
#define PVBOOT_HV_PV_MEMORY_BALLOON_H

#include "pvboot/hv/pv/domain.h"

/* memory_op's reservations: the number of extents done. */
/* Xen's: above the command stands where a call goes on. */
#define MEMOP_EXTENT_SHIFT 6

int64_t balloon_op(struct vcpu *v, uint64_t cmd_start, uint64_t arg);

#endif
