/*
 * What a hostile front end may try with the network backend: packets that are
 * none, parts beyond their page, grants that are none, rings that jump.  Needs
 * a card on QEMU's user network, which answers to ARP.
 */
#include "tests/hv/devices/devices.h"

#include <string.h>

#include "tests/hv/blk.h"

#include <xen/io/netif.h>

enum { TX_REF = 70, RX_REF, TX_PAGE_REF, RX_PAGE_REF, RO_PAGE_REF,
       TABLE_PAGE_REF, NO_REF };

static struct netif_tx_sring *tx;
static struct netif_rx_sring *rx;
static uint8_t *tx_page, *rx_page, mac[6];
static uint32_t tx_cons, rx_cons;

static void yield(void)
{
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
}

static void kick(void)
{
	struct evtchn_send s = { port };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&s), 0, 0);
}

static bool net_connect(void)
{
	struct evtchn_alloc_unbound a = { DOMID_SELF, 0, 0 };

	memset(tx, 0, PAGE);
	memset(rx, 0, PAGE);
	tx->req_event = tx->rsp_event = rx->req_event = rx->rsp_event = 1;
	tx_cons = rx_cons = 0;
	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
		  UL(&a), 0, 0);
	port = a.port;
	blk_set("tx-ring-ref", "%u", TX_REF);
	blk_set("rx-ring-ref", "%u", RX_REF);
	blk_set("event-channel", "%u", port);
	blk_set("request-rx-copy", "%u", 1);
	blk_set("state", "4", 0);
	return blk_backend_is('4');
}

static void net_restart(const char *name)
{
	ok(blk_backend_is('6') && !grant_in_use(TX_REF) &&
	   !grant_in_use(RX_REF), "net: %s: closed", name);
	ok(blk_restart() && net_connect(), "net: connects again");
}

static struct netif_tx_request *tx_slot(unsigned ahead)
{
	return &tx->ring[(tx->req_prod + ahead) % 256].req;
}

/* The next slot, not yet published. */
static struct netif_tx_request *prepare(uint32_t ref, uint16_t flags,
					uint16_t offset, uint16_t size)
{
	struct netif_tx_request *q = tx_slot(0);

	*q = (struct netif_tx_request){ ref, offset, flags,
					(uint16_t)(tx->req_prod + 500), size };
	return q;
}

/* Publish N slots; the status of the first one's answer, 99: none comes. */
static int publish(unsigned n)
{
	volatile uint32_t *prod = &tx->rsp_prod;
	const uint32_t at = tx_cons;

	__atomic_add_fetch(&tx->req_prod, n, __ATOMIC_SEQ_CST);
	kick();
	for (unsigned i = 0; i < 1000 && *prod - at < n; i++)
		yield();
	if (*prod - at < n)
		return 99;
	tx_cons += n;
	tx->rsp_event = tx_cons + 1;
	return tx->ring[at % 256].rsp.status;
}

static void offer(uint32_t ref)
{
	rx->ring[rx->req_prod % 256].req = (struct netif_rx_request){
		.id = (uint16_t)rx->req_prod, .gref = ref };
	__atomic_add_fetch(&rx->req_prod, 1, __ATOMIC_SEQ_CST);
	kick();
}

/* ARP for 10.0.2.2 (RFC 826). */
static int ask_arp(void)
{
	static const uint8_t rest[] = {
		8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 2, 15,
		0, 0, 0, 0, 0, 0, 10, 0, 2, 2,
	};

	memset(tx_page, 0, PAGE);
	memset(tx_page, 0xff, 6);
	memcpy(tx_page + 6, mac, 6);
	memcpy(tx_page + 12, rest, sizeof(rest));
	memcpy(tx_page + 22, mac, 6);
	prepare(TX_PAGE_REF, 0, 0, 60);
	return publish(1);
}

/* The next answer of the receive ring; -99 when none comes. */
static int arrived(void)
{
	volatile uint32_t *prod = &rx->rsp_prod;

	for (unsigned i = 0; i < 100000 && *prod == rx_cons; i++)
		yield();
	for (unsigned i = 0; i < 60000 && *prod == rx_cons; i++)
		rest();
	if (*prod == rx_cons)
		return -99;
	rx->rsp_event = rx_cons + 2;
	return rx->ring[rx_cons++ % 256].rsp.status;
}

static void round_trip(void)
{
	memset(rx_page, 0, PAGE);
	offer(RX_PAGE_REF);
	ok(!ask_arp(), "net: a packet is sent");
	ok(arrived() >= 42 && rx_page[12] == 8 && rx_page[13] == 6 &&
	   rx_page[21] == 2 && !memcmp(rx_page, mac, 6),
	   "net: and answered");
	ok(!grant_in_use(TX_PAGE_REF) && !grant_in_use(RX_PAGE_REF),
	   "net: pages are given back");
}

static void bad_packets(void)
{
	struct netif_extra_info *e;

	for (uint16_t size = 0; size < 14; size += 13) {
		prepare(TX_PAGE_REF, 0, 0, size);
		ok(publish(1) == NETIF_RSP_ERROR, "net: %u bytes", size);
	}
	prepare(TX_PAGE_REF, 0, 0, 1519);
	ok(publish(1) == NETIF_RSP_ERROR, "net: longer than a frame");
	prepare(TX_PAGE_REF, 0, 4036, 60);
	ok(publish(1) == NETIF_RSP_OKAY, "net: up to its page's end");
	prepare(NO_REF, 0, 0, 60);
	ok(publish(1) == NETIF_RSP_ERROR, "net: page that is not granted");
	prepare(~0u, 0, 0, 60);
	ok(publish(1) == NETIF_RSP_ERROR, "net: grant ~0");
	prepare(TX_PAGE_REF, NETTXF_csum_blank, 0, 60);
	ok(publish(1) == NETIF_RSP_ERROR, "net: a checksum of what has none");
	prepare(TX_PAGE_REF, NETTXF_extra_info, 0, 60);
	e = (void *)tx_slot(1);
	*e = (struct netif_extra_info){ .type = XEN_NETIF_EXTRA_TYPE_GSO };
	ok(publish(2) == NETIF_RSP_ERROR, "net: segmentation");
	prepare(TX_PAGE_REF, NETTXF_extra_info, 0, 60);
	*(struct netif_extra_info *)(void *)tx_slot(1) =
		(struct netif_extra_info){ .type = 200 };
	ok(publish(2) == NETIF_RSP_ERROR, "net: no such extra");
	ok(!grant_in_use(TX_PAGE_REF), "net: the page is given back");
}

/* What may not be written to is not. */
static void bad_receive_pages(void)
{
	static const uint32_t refs[] = {
		RO_PAGE_REF, TABLE_PAGE_REF, NO_REF, 512, ~0u,
	};

	for (unsigned i = 0; i < 5; i++) {
		offer(refs[i]);
		ask_arp();
		ok(arrived() == NETIF_RSP_ERROR, "net: receive into grant %u",
		   refs[i]);
	}
}

static void broken_packets(void)
{
	prepare(TX_PAGE_REF, NETTXF_more_data, 0, 60);
	publish(1);
	net_restart("half a packet");
	prepare(TX_PAGE_REF, NETTXF_extra_info, 0, 60);
	publish(1);
	net_restart("extra that is missing");
	prepare(TX_PAGE_REF, 0, 4090, 60);
	publish(1);
	net_restart("past its page");
	prepare(TX_PAGE_REF, 0, 0xffff, 0xffff);
	publish(1);
	net_restart("offset 65535");
	prepare(TX_PAGE_REF, NETTXF_more_data, 0, 60);
	*tx_slot(1) = (struct netif_tx_request){ TX_PAGE_REF, 0, 0, 0, 61 };
	publish(2);
	net_restart("more in the parts than in all");
	for (unsigned i = 0; i < 256; i++)
		*tx_slot(i) = (struct netif_tx_request){
			TX_PAGE_REF, 0, NETTXF_more_data, 0, 0 };
	publish(256);
	net_restart("256 parts");
	publish(257);
	net_restart("producer jumps by 257");
	publish(0x80000000);
	net_restart("producer jumps far");
	rx->req_prod = 1000;
	ask_arp();
	net_restart("receive producer jumps");
}

static void bad_setups(void)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{ "tx-ring-ref", "76" }, { "rx-ring-ref", "-1" },
		{ "rx-ring-ref", "75" }, { "request-rx-copy", "0" },
		{ "event-channel", "4095" },
	};

	blk_set("state", "6", 0);
	ok(blk_backend_is('6'), "net: closed");
	for (unsigned i = 0; i < 5; i++) {
		blk_restart();
		blk_set("tx-ring-ref", "%u", TX_REF);
		blk_set("rx-ring-ref", "%u", RX_REF);
		blk_set("request-rx-copy", "%u", 1);
		blk_set("event-channel", "%u", port);
		blk_set(bad[i].name, bad[i].value, 0);
		blk_set("state", "4", 0);
		ok(blk_backend_is('6') && !grant_in_use(TX_REF) &&
		   !grant_in_use(RX_REF), "net: %s = %s", bad[i].name,
		   bad[i].value);
	}
	blk_restart();
}

static bool read_mac(void)
{
	const char *s = store_read("device/vif/0/mac");

	for (unsigned i = 0; s && i < 17; i++) {
		const unsigned c = (uint8_t)s[i];

		if (i % 3 < 2)
			mac[i / 3] = (uint8_t)(mac[i / 3] << 4 |
				(c <= '9' ? c - '0' : (c | 32) - 'a' + 10));
	}
	return s && s[2] == ':';
}

void devices_network(void)
{
	if (!read_mac())
		return;
	front = "device/vif/0";
	tx = pages(1);
	rx = pages(1);
	tx_page = pages(1);
	rx_page = pages(1);
	grant_page(TX_REF, tx, 0);
	grant_page(RX_REF, rx, 0);
	grant_page(TX_PAGE_REF, tx_page, 0);
	grant_page(RX_PAGE_REF, rx_page, 0);
	grant_page(RO_PAGE_REF, pages(1), GTF_readonly);
	grant_page(TABLE_PAGE_REF, (void *)si->pt_base, 0);
	ok(net_connect(), "net: connects");
	round_trip();
	bad_packets();
	bad_receive_pages();
	broken_packets();
	round_trip();
	bad_setups();
}
