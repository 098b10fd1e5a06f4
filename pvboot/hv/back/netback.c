/*
 * Network packets between the guest's rings and a card, each copied once: the
 * card has buffers of ours, the guest's pages are mapped only for the copy.
 * A packet is never read beyond its length, nor beyond a frame.
 */
#include "pvboot/hv/back/netback.h"

#include <string.h>

#include "pvboot/hv/back/netcsum.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/pv/memory/grant.h"

/* In one go; the guest may go on for ever. */
enum { TURNS = NETRING_ENTRIES };
/* While frames come the card does not interrupt: we look at such intervals. */
#define LOOK_NS		100000

/* ---- what the guest sends ------------------------------------------------ */

static void change_group(struct vif *v, const struct netring_packet *p)
{
	unsigned i = 0;

	while (i < v->n_groups && memcmp(v->group[i], p->group_mac, 6))
		i++;
	if (p->group == XEN_NETIF_EXTRA_TYPE_MCAST_DEL) {
		if (i < v->n_groups)
			memcpy(v->group[i], v->group[--v->n_groups], 6);
		return;
	}
	if (i == v->n_groups && v->n_groups < VIF_GROUPS)
		memcpy(v->group[v->n_groups++], p->group_mac, 6);
}

static bool copy_out(struct vif *v, const struct netring_packet *p, uint8_t *to)
{
	for (unsigned i = 0; i < p->n; i++) {
		const uint8_t *page;

		if (!p->part[i].size)
			continue;
		page = grant_map(v->b.domain, p->part[i].ref, false);
		if (!page)
			return false;
		memcpy(to, page + p->part[i].offset, p->part[i].size);
		grant_unmap(v->b.domain, p->part[i].ref, false);
		to += p->part[i].size;
	}
	return true;
}

/* P into ROOM, a frame's; the status for the guest. */
static int16_t send(struct vif *v, const struct netring_packet *p,
		    uint8_t *room)
{
	if (p->bad || p->size > NET_FRAME || !copy_out(v, p, room))
		return NETIF_RSP_ERROR;
	if (p->blank && !netcsum_fill(room, p->size))
		return NETIF_RSP_ERROR;
	v->net->send(v->net, p->size);
	return NETIF_RSP_OKAY;
}

/* True when there may be more. */
static bool transmit(struct vif *v)
{
	struct netring_packet p;
	unsigned turns;
	void *room;
	int got;

	for (turns = 0; turns < TURNS; turns++) {
		room = v->net->room(v->net);
		if (!room)
			break;	/* the card tells when there is */
		got = netring_packet(&v->tx, &p);
		if (got < 0)
			backend_broken(&v->b, "the transmit ring");
		if (got <= 0)
			break;
		if (p.group && v->filter)
			change_group(v, &p);
		netring_done(&v->tx, &p, p.group ? (int16_t)NETIF_RSP_OKAY :
			     send(v, &p, room));
	}
	v->b.notify |= netring_push(&v->tx);
	return turns == TURNS;
}

/* ---- what comes for it --------------------------------------------------- */

static bool wanted(const struct vif *v, const uint8_t *frame)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };

	if (!(frame[0] & 1))
		return !memcmp(frame, v->mac, 6);
	if (!v->filter || !memcmp(frame, all, 6))
		return true;
	for (unsigned i = 0; i < v->n_groups; i++)
		if (!memcmp(frame, v->group[i], 6))
			return true;
	return false;
}

/* FRAME into the page that the oldest request names. */
static void put(struct vif *v, const void *frame, uint32_t len, bool checked)
{
	struct netif_rx_request q;
	struct netif_rx_response a = { .status = NETIF_RSP_ERROR };
	void *page;

	netring_peek(&v->rx, 0, &q);
	a.id = q.id;
	page = grant_map(v->b.domain, q.gref, true);
	if (page) {
		memcpy(page, frame, len);
		grant_unmap(v->b.domain, q.gref, true);
		a.status = (int16_t)len;
		a.flags = checked ? NETRXF_data_validated : 0;
	}
	netring_answer(&v->rx, &a, sizeof(a));
}

/*
 * Frames wait in the card while the guest has no room for them; how many have
 * been taken.
 */
static unsigned receive(struct vif *v)
{
	const uint8_t *frame;
	bool checked;
	unsigned turns;
	uint32_t len;
	int waiting;

	for (turns = 0; turns < TURNS; turns++) {
		frame = v->net->next(v->net, &len, &checked);
		if (!frame)
			break;
		if (v->b.up && len <= NET_FRAME && wanted(v, frame)) {
			waiting = netring_waiting(&v->rx);
			if (waiting < 0)
				backend_broken(&v->b, "the receive ring");
			if (waiting <= 0)
				break;
			put(v, frame, len, checked);
		}
		v->net->taken(v->net);
	}
	if (v->b.up)
		v->b.notify |= netring_push(&v->rx);
	return turns;
}

void netback_look(struct timer *t)
{
	struct vif *v = t->arg;

	v->look = true;
	backend_work(v->b.domain);
}

/* CAME frames: who looks for the next ones?  True: we, and at once. */
static bool next_look(struct vif *v, unsigned came)
{
	const bool look = v->look;

	v->look = false;
	if (came) {
		if (!v->looking)
			v->net->watch(v->net, false);
		v->looking = true;
		if (!v->timer.deadline)
			timer_set(&v->timer, time_now() + LOOK_NS);
		return came == TURNS;
	}
	if (!v->looking || !look)
		return false;
	/* One may have come before the card could tell. */
	v->looking = false;
	v->net->watch(v->net, true);
	return true;
}

void netback_run(struct backend *b)
{
	struct vif *v = (struct vif *)b;
	bool more;

	/* A broken one is about to be disconnected. */
	if (b->broken && b->up)
		return;
	if (v->net->link_changed)
		vif_link(v);
	more = next_look(v, receive(v));
	if (b->up && !b->broken)
		more |= transmit(v);
	v->net->flush(v->net);
	if (more)
		backend_work(b->domain);
}
