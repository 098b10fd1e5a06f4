/*
 * A split virtqueue (virtio 1.0, section 2.4).  Which descriptors are free and
 * which chain they form is kept in memory the device never sees.
 */
#include "pvboot/hv/drivers/virtio_queue.h"

#include <linux/virtio_ring.h>

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define LINK_END	0xffff

bool virtio_queue_init(struct virtio *v, unsigned size)
{
	unsigned pages;
	struct vring ring;

	if (!size || size > VIRTIO_QUEUE_MAX || size & (size - 1))
		return false;
	pages = (unsigned)((vring_size(size, PAGE_SIZE) + PAGE_SIZE - 1) /
			   PAGE_SIZE);
	ring.desc = memory_alloc(pages);
	v->link = memory_alloc((unsigned)((size * sizeof(*v->link) +
					   PAGE_SIZE - 1) / PAGE_SIZE));
	if (!ring.desc || !v->link)
		return false;
	vring_init(&ring, size, ring.desc, PAGE_SIZE);
	v->desc = ring.desc;
	v->avail = ring.avail;
	v->used = ring.used;
	v->size = v->n_free = size;
	for (unsigned i = 0; i < size; i++)
		v->link[i].next = (uint16_t)(i + 1);
	return true;
}

int virtio_queue_add(struct virtio *v, const struct virtio_desc *d, unsigned n)
{
	uint16_t head = v->free, at = head, last = head;

	if (v->dead || !n || n > v->n_free)
		return -1;
	for (unsigned i = 0; i < n; i++) {
		volatile struct vring_desc *to = &v->desc[at];

		to->addr = d[i].ma;
		to->len = d[i].len;
		to->flags = (uint16_t)((d[i].device_writes ?
					VRING_DESC_F_WRITE : 0) |
				       (i + 1 < n ? VRING_DESC_F_NEXT : 0));
		to->next = v->link[at].next;
		last = at;
		at = v->link[at].next;
	}
	v->free = at;
	v->n_free -= n;
	v->link[last].next = LINK_END;
	v->link[head].head = true;
	v->in_flight++;
	v->avail->ring[v->avail->idx & (v->size - 1)] = head;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	v->avail->idx++;
	return head;
}

void virtio_queue_kick(struct virtio *v)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!v->dead && !(v->used->flags & VRING_USED_F_NO_NOTIFY))
		virtio_doorbell(v);
}

static void free_chain(struct virtio *v, uint16_t head)
{
	uint16_t last = head;

	v->link[head].head = false;
	v->n_free++;
	while (v->link[last].next != LINK_END) {
		last = v->link[last].next;
		v->n_free++;
	}
	v->link[last].next = v->free;
	v->free = head;
}

int virtio_queue_next(struct virtio *v)
{
	uint16_t ready = (uint16_t)(v->used->idx - v->last_used);
	uint32_t head;

	if (v->dead || !ready)
		return -1;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	head = v->used->ring[v->last_used & (v->size - 1)].id;
	if (ready > v->in_flight || head >= v->size || !v->link[head].head) {
		virtio_kill(v, "it returned what it was not given");
		return -1;
	}
	v->last_used++;
	v->in_flight--;
	free_chain(v, (uint16_t)head);
	return (int)head;
}
