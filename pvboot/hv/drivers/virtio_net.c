/*
 * The virtio network card (virtio 1.0, section 5.1) without offloads: one
 * queue each way.  A buffer is half a page: the header, then the frame; a chain
 * is those two, which also the legacy interface takes (5.1.6.6).  Lengths that
 * the card gives are checked.
 */
#include "pvboot/hv/drivers/virtio_net.h"

#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <string.h>

#include "pvboot/hv/drivers/net.h"
#include "pvboot/hv/drivers/virtio_queue.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

enum { RX = 0, TX = 1, QUEUE_SIZE = 256 };
enum { BUFFERS = 128, BUFFER = 2048, FRAME_AT = 16 };	/* each way */

/* A queue, and its buffers. */
struct side {
	struct virtio_queue q;
	uint8_t *buffer;
	unsigned n, n_free;
	uint8_t free[BUFFERS];		/* numbers of buffers */
	uint8_t at[QUEUE_SIZE];		/* buffer by the head of a chain */
	bool kick;
};

struct virtio_net {
	struct net net;
	struct virtio v;
	struct side rx, tx;
	unsigned header;	/* its length */
	bool has_status;
	int got;		/* the buffer that next() shows, -1: none */
	uint32_t got_len;
};

static uint8_t *buffer(const struct side *s, unsigned i)
{
	return s->buffer + i * BUFFER;
}

/* Buffer I, with a frame of LEN bytes, to the card. */
static bool give(struct virtio_net *n, struct side *s, unsigned i, uint32_t len)
{
	const uint64_t ma = va_ma(buffer(s, i));
	const struct virtio_desc d[2] = {
		{ ma, n->header, s == &n->rx }, { ma + FRAME_AT, len,
						  s == &n->rx },
	};
	int head = virtio_queue_add(&s->q, d, 2);

	if (head < 0)
		return false;
	s->at[head] = (uint8_t)i;
	s->kick = true;
	return true;
}

static void reclaim(struct side *s)
{
	uint32_t len;
	int head;

	while ((head = virtio_queue_next(&s->q, &len)) >= 0)
		s->free[s->n_free++] = s->at[head];
}

/* The card interrupts for sent frames only while somebody waits for room. */
static void *room(struct net *net)
{
	struct virtio_net *n = net->priv;
	struct side *s = &n->tx;

	if (!s->n_free)
		reclaim(s);
	if (!s->n_free) {
		virtio_queue_interrupts(&s->q, true);
		reclaim(s);
	}
	if (!s->n_free)
		return NULL;
	virtio_queue_interrupts(&s->q, false);
	return buffer(s, s->free[s->n_free - 1]) + FRAME_AT;
}

static void send(struct net *net, uint32_t len)
{
	struct virtio_net *n = net->priv;
	unsigned i = n->tx.free[--n->tx.n_free];

	/* A dead card swallows them. */
	memset(buffer(&n->tx, i), 0, FRAME_AT);
	if (!give(n, &n->tx, i, len))
		n->tx.free[n->tx.n_free++] = (uint8_t)i;
}

static void taken(struct net *net)
{
	struct virtio_net *n = net->priv;

	if (n->got >= 0)
		give(n, &n->rx, (unsigned)n->got, BUFFER - FRAME_AT);
	n->got = -1;
}

static const void *next(struct net *net, uint32_t *len, bool *checked)
{
	struct virtio_net *n = net->priv;
	uint32_t got;
	int head;

	/* Bounded: as many as there are buffers. */
	while (n->got < 0) {
		head = virtio_queue_next(&n->rx.q, &got);
		if (head < 0)
			return NULL;
		n->got = n->rx.at[head];
		n->got_len = got - n->header;
		if (got < n->header + NET_HEADER ||
		    n->got_len > BUFFER - FRAME_AT) {
			taken(net);
			return NULL;
		}
	}
	*len = n->got_len;
	*checked = false;
	return buffer(&n->rx, (unsigned)n->got) + FRAME_AT;
}

static void flush(struct net *net)
{
	struct virtio_net *n = net->priv;

	if (n->rx.kick)
		virtio_queue_kick(&n->rx.q);
	if (n->tx.kick)
		virtio_queue_kick(&n->tx.q);
	n->rx.kick = n->tx.kick = false;
}

static void watch(struct net *net, bool on)
{
	struct virtio_net *n = net->priv;

	virtio_queue_interrupts(&n->rx.q, on);
}

static bool link(struct net *net)
{
	struct virtio_net *n = net->priv;
	const struct virtio_net_config *c = NULL;

	return !n->v.dead &&
		(!n->has_status ||
		 virtio_config(&n->v, (uintptr_t)&c->status, 2) &
		 VIRTIO_NET_S_LINK_UP);
}

static bool interrupt(void *arg)
{
	struct virtio_net *n = arg;

	const unsigned cause = virtio_interrupted(&n->v);

	n->net.link_changed |= cause >> 1 & 1;
	if (cause)
		net_event(&n->net);
	return cause;
}

static bool open_side(struct virtio_net *n, struct side *s, unsigned number)
{
	if (!virtio_queue_open(&n->v, &s->q, number, QUEUE_SIZE))
		return false;
	s->n = s->q.descs / 2 < BUFFERS ? s->q.descs / 2 : BUFFERS;
	s->buffer = memory_take(BUFFERS * BUFFER);
	return true;
}

/*
 * The card filters nothing as long as nobody asks it to (5.1.6.5), so that it
 * takes any address.
 */
static bool start(struct net *net, const uint8_t mac[6])
{
	struct virtio_net *n = net->priv;

	n->got = -1;
	virtio_start(&n->v);
	virtio_queue_interrupts(&n->tx.q, false);
	for (unsigned i = 0; i < n->rx.n; i++)
		give(n, &n->rx, i, BUFFER - FRAME_AT);
	for (unsigned i = 0; i < n->tx.n; i++)
		n->tx.free[n->tx.n_free++] = (uint8_t)i;
	flush(net);
	return true;
}

static bool configure(struct virtio_net *n)
{
	struct virtio *v = &n->v;

	if (!virtio_features(v, 1ull << VIRTIO_NET_F_MAC |
			     1ull << VIRTIO_NET_F_STATUS))
		return false;
	if (!(v->features >> VIRTIO_NET_F_MAC & 1))
		return false;
	for (unsigned i = 0; i < 6; i++)
		n->net.mac[i] = (uint8_t)virtio_config(v, i, 1);
	n->has_status = v->features >> VIRTIO_NET_F_STATUS & 1;
	n->header = v->modern ? sizeof(struct virtio_net_hdr_v1) :
		sizeof(struct virtio_net_hdr);
	return true;
}

static bool knows(const struct pci_dev *p)
{
	return virtio_is(p, VIRTIO_ID_NET);
}

static bool found(const struct pci_dev *p)
{
	struct virtio_net *n = memory_alloc(1);

	if (!n || !virtio_open(&n->v, p, interrupt, n))
		return false;
	n->net.start = start;
	n->net.link = link;
	n->net.room = room;
	n->net.send = send;
	n->net.next = next;
	n->net.taken = taken;
	n->net.flush = flush;
	n->net.watch = watch;
	n->net.priv = n;
	if (!configure(n) || !open_side(n, &n->rx, RX) ||
	    !open_side(n, &n->tx, TX) || !net_add(&n->net)) {
		virtio_kill(&n->v, "not started");
		return false;
	}
	hv_log("%s: virtio-net%s %x, %s", n->net.name,
	       n->v.modern ? "" : " (legacy)", p->address >> 8,
	       irq_way_name[n->v.way]);
	return true;
}

const struct pci_driver virtio_net_driver = { "virtio-net", knows, found };
