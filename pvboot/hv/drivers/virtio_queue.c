/*
 * A split virtqueue (virtio 1.0, section 2.4).  Which descriptors are free and
 * which chain they form is kept in memory the device never sees.
 */
#include "pvboot/hv/drivers/virtio_queue.h"

#include <linux/virtio_ring.h>

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define LINK_END	0xffff

bool virtio_queue_init(struct virtio_queue *q, struct virtio *v, unsigned size,
		       unsigned max)
{
	struct vring ring;

	if (!size || size > VIRTIO_QUEUE_MAX || size & (size - 1))
		return false;
	q->size = size;
	q->descs = q->n_free = size < max ? size : max;
	q->link = memory_alloc((unsigned)((q->descs * sizeof(*q->link) +
					 PAGE_SIZE - 1) / PAGE_SIZE));
	if (!q->link)
		return false;
	vring_init(&ring, size, memory_take(vring_size(size, PAGE_SIZE)),
		   PAGE_SIZE);
	q->v = v;
	q->desc = ring.desc;
	q->avail = ring.avail;
	q->used = ring.used;
	for (unsigned i = 0; i < q->descs; i++)
		q->link[i].next = (uint16_t)(i + 1);
	return true;
}

int virtio_queue_add(struct virtio_queue *q, const struct virtio_desc *d,
		     unsigned n)
{
	uint16_t head = q->free, at = head, last = head;

	if (q->v->dead || !n || n > q->n_free)
		return -1;
	for (unsigned i = 0; i < n; i++) {
		volatile struct vring_desc *to = &q->desc[at];

		to->addr = d[i].ma;
		to->len = d[i].len;
		to->flags = (uint16_t)((d[i].device_writes ?
					VRING_DESC_F_WRITE : 0) |
				       (i + 1 < n ? VRING_DESC_F_NEXT : 0));
		to->next = q->link[at].next;
		last = at;
		at = q->link[at].next;
	}
	q->free = at;
	q->n_free -= n;
	q->link[last].next = LINK_END;
	q->link[head].head = true;
	q->in_flight++;
	q->avail->ring[q->avail->idx & (q->size - 1)] = head;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	q->avail->idx++;
	return head;
}

void virtio_queue_kick(struct virtio_queue *q)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!q->v->dead && !(q->used->flags & VRING_USED_F_NO_NOTIFY))
		virtio_doorbell(q);
}

void virtio_queue_interrupts(struct virtio_queue *q, bool on)
{
	q->avail->flags = on ? 0 : VRING_AVAIL_F_NO_INTERRUPT;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void free_chain(struct virtio_queue *q, uint16_t head)
{
	uint16_t last = head;

	q->link[head].head = false;
	q->n_free++;
	while (q->link[last].next != LINK_END) {
		last = q->link[last].next;
		q->n_free++;
	}
	q->link[last].next = q->free;
	q->free = head;
}

int virtio_queue_next(struct virtio_queue *q, uint32_t *len)
{
	uint16_t ready = (uint16_t)(q->used->idx - q->last_used);
	uint32_t head, at;

	if (q->v->dead || !ready)
		return -1;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	at = q->last_used & (q->size - 1);
	head = q->used->ring[at].id;
	*len = q->used->ring[at].len;
	if (ready > q->in_flight || head >= q->descs || !q->link[head].head) {
		virtio_kill(q->v, "it returned what it was not given");
		return -1;
	}
	q->last_used++;
	q->in_flight--;
	free_chain(q, (uint16_t)head);
	return (int)head;
}
