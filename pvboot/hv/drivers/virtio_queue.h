/*
 * A split virtqueue (virtio 1.0, section 2.4).  What the device writes into it
 * is checked: a device that returns what it was not given is killed.
 */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_QUEUE_H
#define PVBOOT_HV_DRIVERS_VIRTIO_QUEUE_H

#include "pvboot/hv/drivers/virtio.h"

enum { VIRTIO_QUEUE_MAX = 32768 };	/* 2.4 */

struct virtio_desc {
	uint64_t ma;
	uint32_t len;
	bool device_writes;
};

struct virtio_queue {
	struct virtio *v;
	unsigned number;
	uint32_t doorbell;	/* offset in v->notify */
	unsigned size;		/* of the rings; a legacy device says it */
	unsigned descs, n_free;	/* the first ones are used, so many */
	uint16_t free, last_used, in_flight;
	volatile struct vring_desc *desc;
	volatile struct vring_avail *avail;
	volatile struct vring_used *used;
	struct virtio_link {
		uint16_t next;
		bool head;	/* of a chain that the device has */
	} *link;		/* by descriptor: ours, not the device's */
};

/*
 * A queue of SIZE entries, in memory, of whose descriptors at most MAX are
 * used; false when SIZE is none, or no memory.
 */
bool virtio_queue_init(struct virtio_queue *q, struct virtio *v, unsigned size,
		       unsigned max);
/*
 * Put a chain of N descriptors into the queue.  Returns its head, which
 * virtio_queue_next() gives back, or -1 when there is no room.
 */
int virtio_queue_add(struct virtio_queue *q, const struct virtio_desc *d,
		     unsigned n);
/* Tell the device that there is something to do. */
void virtio_queue_kick(struct virtio_queue *q);
/* Does the device interrupt for finished chains?  It may do so nevertheless. */
void virtio_queue_interrupts(struct virtio_queue *q, bool on);
/*
 * A finished chain's head, or -1.  Its descriptors are free again.  LEN: how
 * much the device says it has written, which is the device's word only.
 */
int virtio_queue_next(struct virtio_queue *q, uint32_t *len);

/* virtio.c's: ring the doorbell. */
void virtio_doorbell(struct virtio_queue *q);

#endif
