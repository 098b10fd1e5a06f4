/* Between virtio.c and virtio_queue.c: the split queue's memory. */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_QUEUE_H
#define PVBOOT_HV_DRIVERS_VIRTIO_QUEUE_H

#include "pvboot/hv/drivers/virtio.h"

/* A queue of SIZE entries, in memory; false when SIZE is none, or no memory. */
bool virtio_queue_init(struct virtio *v, unsigned size);
void virtio_doorbell(struct virtio *v);

#endif
