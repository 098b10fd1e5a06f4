/* Block requests: from the guest's ring to the disk and back. */
#ifndef PVBOOT_HV_BACK_BLKBACK_H
#define PVBOOT_HV_BACK_BLKBACK_H

#include "pvboot/hv/back/vbd.h"

/* Give each of the vbd's slots its place; false: no memory. */
bool blkback_slots(struct vbd *v);
/* Move requests. */
void blkback_run(struct backend *b);
/* What waits for room in the disk has failed. */
void blkback_drop_stalled(struct vbd *v);

#endif
