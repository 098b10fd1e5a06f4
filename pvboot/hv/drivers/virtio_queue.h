/* The split queue, in memory. */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_QUEUE_H
#define PVBOOT_HV_DRIVERS_VIRTIO_QUEUE_H

#include "pvboot/hv/drivers/virtio.h"

/* A queue of SIZE entries, in memory; false when SIZE is none, or no memory. */
bool virtio_queue_init(struct virtio *v, unsigned size);

/*
 * Put a chain of N descriptors into the queue.  Returns its head, which
 * virtio_queue_next() gives back, or -1 when there is no room.
 */
int virtio_queue_add(struct virtio *v, const struct virtio_desc *d, unsigned n);
/* Tell the device that there is something to do. */
void virtio_queue_kick(struct virtio *v);
/* A finished chain's head, or -1.  Its descriptors are free again. */
int virtio_queue_next(struct virtio *v);

#endif
