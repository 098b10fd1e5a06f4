/*
 * One virtual network device's life in xenstore (Xen's public io/netif.h): what
 * the front end may ask for, and its rings.  The states are backend.c's.
 */
#include "pvboot/hv/back/vif.h"

#include "loader/base/fmt.h"
#include "pvboot/hv/back/netback.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/memory.h"

static struct vif *of(struct backend *b)
{
	return (struct vif *)b;
}

static bool asked(struct backend *b, const char *name)
{
	uint64_t value;

	return backend_number(b, name, 1, &value) && value;
}

static bool connect(struct backend *b)
{
	struct vif *v = of(b);

	/* Pages are never flipped: a front end that wants that is refused. */
	if (!asked(b, "request-rx-copy") ||
	    !backend_map(b, "tx-ring-ref", &v->tx_page) ||
	    !backend_map(b, "rx-ring-ref", &v->rx_page))
		return false;
	v->filter = asked(b, "request-multicast-control");
	v->n_groups = 0;
	return netring_attach(&v->tx, v->tx_page.va, true) &&
		netring_attach(&v->rx, v->rx_page.va, false);
}

/* Packets are copied when they are looked at: nothing is under way. */
static bool disconnect(struct backend *b)
{
	backend_unmap(b, &of(b)->tx_page);
	backend_unmap(b, &of(b)->rx_page);
	return true;
}

void vif_link(struct vif *v)
{
	bool link;

	v->net->link_changed = false;
	link = v->net->link(v->net);
	if (link == v->link)
		return;
	v->link = link;
	backend_set(&v->b, "carrier", link);
}

static void publish(struct backend *b)
{
	vif_link(of(b));
}

static const struct backend_class class = {
	.name = "vif", .connect = connect, .publish = publish,
	.disconnect = disconnect, .run = netback_run,
};

static void make_nodes(struct vif *v, unsigned number)
{
	static const char *const on[] = {
		"feature-rx-copy", "feature-sg", "feature-multicast-control",
		"feature-ipv6-csum-offload",
	};
	static const char *const off[] = {
		"feature-rx-flip", "feature-gso-tcpv4", "feature-gso-tcpv6",
		"feature-split-event-channels",
		"feature-dynamic-multicast-control", "feature-ctrl-ring",
	};
	struct backend *b = &v->b;
	char mac[18];

	fmt(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", v->mac[0],
	    v->mac[1], v->mac[2], v->mac[3], v->mac[4], v->mac[5]);
	xenbus_set(b->domain, b->front, "handle", "%u", number);
	xenbus_set(b->domain, b->front, "mac", "%s", mac);
	xenbus_set(b->domain, b->back, "mac", "%s", mac);
	xenbus_set(b->domain, b->back, "handle", "%u", number);
	xenbus_set(b->domain, b->back, "type", "vif");
	for (unsigned i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		backend_set(b, on[i], 1);
	for (unsigned i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		backend_set(b, off[i], 0);
	v->link = v->net->link(v->net);
	backend_set(b, "carrier", v->link);
	hv_log("vif%u: %s, address %s", number, v->net->name, mac);
}

static void card_event(void *arg)
{
	struct vif *v = arg;

	backend_work(v->b.domain);
}

bool vif_add(struct domain *d, unsigned number, struct net *net,
	     const uint8_t mac[6])
{
	struct vif *v = memory_alloc(1);

	if (!v) {
		hv_log("vif%u: no memory", number);
		return false;
	}
	v->net = net;
	for (unsigned i = 0; i < 6; i++)
		v->mac[i] = mac[i];
	v->timer.fn = netback_look;
	v->timer.arg = v;
	if (!net->start(net, v->mac) ||
	    !backend_add(&v->b, &class, d, number))
		return false;
	net->event = card_event;
	net->arg = v;
	make_nodes(v, number);
	backend_start(&v->b);
	return true;
}
