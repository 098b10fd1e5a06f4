/* Frames that the guest gives back and takes again. */
#ifndef PVBOOT_HV_PV_MEMORY_BALLOON_H
#define PVBOOT_HV_PV_MEMORY_BALLOON_H

#include "pvboot/hv/pv/domain.h"

/* memory_op's reservations: the number of extents done. */
int64_t balloon_op(struct vcpu *v, uint32_t cmd, uint64_t arg);

#endif
