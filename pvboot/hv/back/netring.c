/*
 * A packet is one or more transmit slots: the first gives its length and what
 * is to be done with it, extra ones may follow, then its other parts.  A guest
 * publishes all of them at once; half a packet breaks the ring, as it does for
 * Linux' netback.
 */
#include "pvboot/hv/back/netring.h"

#include <string.h>

enum { HEAD = 64, PAGE = 4096, MIN_SIZE = 14, EXTRAS_MAX = 8 };

/* The first four words of both rings (DEFINE_RING_TYPES). */
struct head {
	uint32_t req_prod, req_event, rsp_prod, rsp_event;
};

static struct head *head(const struct netring *r)
{
	return (struct head *)r->page;
}

static uint8_t *entry(const struct netring *r, uint32_t index)
{
	return r->page + HEAD + (index % NETRING_ENTRIES) * r->entry;
}

bool netring_attach(struct netring *r, void *page, bool transmit)
{
	r->page = page;
	r->entry = transmit ? sizeof(union netif_tx_sring_entry) :
		sizeof(union netif_rx_sring_entry);
	r->rsp_prod = __atomic_load_n(&head(r)->rsp_prod, __ATOMIC_ACQUIRE);
	r->req_cons = r->rsp_prod;
	return __atomic_load_n(&head(r)->req_prod, __ATOMIC_ACQUIRE) -
		r->rsp_prod <= NETRING_ENTRIES;
}

int netring_waiting(struct netring *r)
{
	struct head *h = head(r);
	uint32_t prod = __atomic_load_n(&h->req_prod, __ATOMIC_ACQUIRE);

	if (prod == r->req_cons) {
		__atomic_store_n(&h->req_event, r->req_cons + 1,
				 __ATOMIC_SEQ_CST);
		prod = __atomic_load_n(&h->req_prod, __ATOMIC_SEQ_CST);
	}
	if (prod - r->req_cons > NETRING_ENTRIES)
		return -1;
	return (int)(prod - r->req_cons);
}

void netring_peek(const struct netring *r, unsigned ahead, void *copy)
{
	const volatile uint8_t *from = entry(r, r->req_cons + ahead);
	uint8_t *to = copy;

	for (unsigned i = 0; i < r->entry; i++)
		to[i] = from[i];
}

void netring_answer(struct netring *r, const void *answer, unsigned size)
{
	memcpy(entry(r, r->rsp_prod++), answer, size);
	r->req_cons++;
}

bool netring_push(struct netring *r)
{
	struct head *h = head(r);
	uint32_t old = h->rsp_prod;

	__atomic_store_n(&h->rsp_prod, r->rsp_prod, __ATOMIC_SEQ_CST);
	return r->rsp_prod - __atomic_load_n(&h->rsp_event, __ATOMIC_SEQ_CST) <
		r->rsp_prod - old;
}

/* Extra slot: what we do not know, or did not offer, spoils the packet. */
static void take_extra(struct netring_packet *p,
		       const struct netif_extra_info *e)
{
	if (e->type != XEN_NETIF_EXTRA_TYPE_MCAST_ADD &&
	    e->type != XEN_NETIF_EXTRA_TYPE_MCAST_DEL) {
		p->bad = true;
		return;
	}
	p->group = e->type;
	memcpy(p->group_mac, e->u.mcast.addr, 6);
}

/* The extra slots; false when they do not end. */
static bool take_extras(struct netring *r, struct netring_packet *p,
			unsigned waiting)
{
	struct netif_extra_info e;
	union netif_tx_sring_entry copy;

	do {
		if (p->slots >= waiting || p->extras == EXTRAS_MAX)
			return false;
		netring_peek(r, p->slots++, &copy);
		memcpy(&e, &copy, sizeof(e));
		p->extras++;
		take_extra(p, &e);
	} while (e.flags & XEN_NETIF_EXTRA_FLAG_MORE);
	return true;
}

static bool add_part(struct netring_packet *p,
		     const struct netif_tx_request *q)
{
	if (p->n == NETRING_PARTS || q->offset + q->size > PAGE)
		return false;
	p->part[p->n].ref = q->gref;
	p->part[p->n].offset = q->offset;
	p->part[p->n].size = q->size;
	p->id[p->n++] = q->id;
	return true;
}

/*
 * The first slot's size is that of the whole packet: its own part is what the
 * others leave.
 */
static bool take_parts(struct netring *r, struct netring_packet *p,
		       struct netif_tx_request q, unsigned waiting)
{
	uint16_t flags = q.flags;
	const uint16_t total = q.size, offset = q.offset;
	uint32_t others = 0;

	q.size = 0;
	if (!add_part(p, &q))
		return false;
	while (flags & NETTXF_more_data) {
		if (p->slots >= waiting)
			return false;
		netring_peek(r, p->slots++, &q);
		if (!add_part(p, &q))
			return false;
		others += q.size;
		flags = q.flags;
	}
	if (others > total || offset + (total - others) > PAGE)
		return false;
	p->part[0].size = (uint16_t)(total - others);
	p->size = total;
	return true;
}

int netring_packet(struct netring *r, struct netring_packet *p)
{
	int waiting = netring_waiting(r);
	struct netif_tx_request q;

	if (waiting <= 0)
		return waiting;
	memset(p, 0, sizeof(*p));
	netring_peek(r, p->slots++, &q);
	p->blank = q.flags & NETTXF_csum_blank;
	if (q.flags & NETTXF_extra_info &&
	    !take_extras(r, p, (unsigned)waiting))
		return -1;
	/* To join or leave a group is all that such a request does. */
	if (p->group && !p->bad && !(q.flags & NETTXF_more_data)) {
		p->n = 1;
		p->id[0] = q.id;
		return 1;
	}
	if (!take_parts(r, p, q, (unsigned)waiting))
		return -1;
	p->group = 0;
	p->bad |= p->size < MIN_SIZE;
	return 1;
}

void netring_done(struct netring *r, const struct netring_packet *p,
		  int16_t status)
{
	for (unsigned slot = 0, part = 0; slot < p->slots; slot++) {
		const bool extra = slot && slot <= p->extras;
		struct netif_tx_response a = {
			.id = extra ? 0 : p->id[part++],
			.status = extra ? NETIF_RSP_NULL : status,
		};

		netring_answer(r, &a, sizeof(a));
	}
}
