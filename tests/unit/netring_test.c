/* The network rings, packets on them, and checksums left to us. */
#include "tests/unit/unit.h"

#include "pvboot/hv/back/netcsum.h"
#include "pvboot/hv/back/netring.h"

static uint8_t page[4096] __attribute__((aligned(8)));
static struct netring ring;
static struct netring_packet packet;

static struct netif_tx_sring *tx(void)
{
	return (struct netif_tx_sring *)page;
}

static int setup(void **state)
{
	memset(page, 0, sizeof(page));
	tx()->req_event = tx()->rsp_event = 1;
	assert_true(netring_attach(&ring, page, true));
	return 0;
}

/* A slot with a request, or with extra information. */
static void slot(uint16_t flags, uint16_t offset, uint16_t size)
{
	const uint32_t at = tx()->req_prod++;

	tx()->ring[at % 256].req = (struct netif_tx_request){
		.gref = 100 + at, .offset = offset, .flags = flags,
		.id = (uint16_t)(1000 + at), .size = size,
	};
}

static void extra(uint8_t type, uint8_t flags)
{
	struct netif_extra_info e = { .type = type, .flags = flags };

	memcpy(e.u.mcast.addr, "\1\0\x5e\1\2\3", 6);
	memcpy(&tx()->ring[tx()->req_prod++ % 256], &e, sizeof(e));
}

static void test_layout(void **state)
{
	assert_ptr_equal(tx()->ring, page + 64);
	assert_int_equal(sizeof(tx()->ring[0]), 12);
	assert_int_equal(sizeof(union netif_rx_sring_entry), 8);
	assert_int_equal(sizeof(struct netif_extra_info), 8);
}

/* Round and round: one slot, then three, the indices wrap. */
static void test_turns(void **state)
{
	const uint32_t start = UINT32_MAX - 300;
	uint32_t old;

	tx()->req_prod = tx()->rsp_prod = start;
	assert_true(netring_attach(&ring, page, true));
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(netring_packet(&ring, &packet), 0);
		assert_int_equal(tx()->req_event, tx()->req_prod + 1);
		old = tx()->req_prod;
		slot(0, 8, 60);
		slot(NETTXF_more_data | NETTXF_csum_blank, 0, 1500);
		slot(NETTXF_more_data, 100, 600);
		slot(0, 4000, 96);
		assert_int_equal(netring_packet(&ring, &packet), 1);
		assert_int_equal(packet.n, 1);
		assert_int_equal(packet.size, 60);
		assert_int_equal(packet.part[0].offset, 8);
		assert_int_equal(packet.part[0].ref, 100 + old);
		assert_false(packet.blank || packet.bad);
		netring_done(&ring, &packet, NETIF_RSP_OKAY);
		assert_int_equal(netring_packet(&ring, &packet), 1);
		assert_int_equal(packet.n, 3);
		assert_int_equal(packet.size, 1500);
		assert_int_equal(packet.part[0].size, 1500 - 600 - 96);
		assert_int_equal(packet.part[2].offset, 4000);
		assert_true(packet.blank);
		netring_done(&ring, &packet, NETIF_RSP_ERROR);
		tx()->rsp_event = old + 4 + (i & 1);
		assert_int_equal(netring_push(&ring), !(i & 1));
		assert_int_equal(tx()->rsp_prod, old + 4);
		for (unsigned k = 0; k < 4; k++) {
			assert_int_equal(tx()->ring[(old + k) % 256].rsp.id,
					 (uint16_t)(1000 + old + k));
			assert_int_equal(tx()->ring[(old + k) % 256].rsp.status,
					 k ? NETIF_RSP_ERROR : NETIF_RSP_OKAY);
		}
	}
}

static void test_extras(void **state)
{
	slot(NETTXF_extra_info, 0, 64);
	extra(XEN_NETIF_EXTRA_TYPE_MCAST_ADD, 0);
	assert_int_equal(netring_packet(&ring, &packet), 1);
	assert_int_equal(packet.group, XEN_NETIF_EXTRA_TYPE_MCAST_ADD);
	assert_memory_equal(packet.group_mac, "\1\0\x5e\1\2\3", 6);
	netring_done(&ring, &packet, NETIF_RSP_OKAY);
	assert_int_equal(tx()->ring[0].rsp.id, 1000);
	assert_int_equal(tx()->ring[1].rsp.status, NETIF_RSP_NULL);
	/* Segmentation was never offered. */
	slot(NETTXF_extra_info | NETTXF_more_data, 0, 3000);
	extra(XEN_NETIF_EXTRA_TYPE_GSO, XEN_NETIF_EXTRA_FLAG_MORE);
	extra(XEN_NETIF_EXTRA_TYPE_HASH, 0);
	slot(0, 0, 2900);
	assert_int_equal(netring_packet(&ring, &packet), 1);
	assert_true(packet.bad);
	assert_int_equal(packet.slots, 4);
	assert_int_equal(packet.n, 2);
	netring_done(&ring, &packet, NETIF_RSP_ERROR);
	assert_int_equal(tx()->ring[2].rsp.id, 1002);
	assert_int_equal(tx()->ring[3].rsp.status, NETIF_RSP_NULL);
	assert_int_equal(tx()->ring[4].rsp.status, NETIF_RSP_NULL);
	assert_int_equal(tx()->ring[5].rsp.id, 1005);
	assert_int_equal(tx()->ring[5].rsp.status, NETIF_RSP_ERROR);
}

/* Each breaks the ring. */
static void test_broken(void **state)
{
	slot(NETTXF_more_data, 0, 100);		/* the rest is missing */
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	slot(NETTXF_extra_info, 0, 100);
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	slot(NETTXF_extra_info, 0, 100);
	for (unsigned i = 0; i < 20; i++)
		extra(XEN_NETIF_EXTRA_TYPE_MCAST_ADD,
		      XEN_NETIF_EXTRA_FLAG_MORE);
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	slot(0, 4000, 97);			/* past its page */
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	slot(0, 0xffff, 0xffff);
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	slot(NETTXF_more_data, 0, 100);		/* parts beyond the whole */
	slot(0, 0, 101);
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	slot(NETTXF_more_data, 0, 1000);
	for (unsigned i = 0; i < NETRING_PARTS; i++)
		slot(NETTXF_more_data, 0, 10);
	slot(0, 0, 10);
	assert_int_equal(netring_packet(&ring, &packet), -1);
	setup(NULL);
	tx()->req_prod = 257;
	assert_int_equal(netring_packet(&ring, &packet), -1);
	assert_false(netring_attach(&ring, page, true));
}

/* Too short for Ethernet: refused, the ring goes on. */
static void test_short(void **state)
{
	for (uint16_t size = 0; size < 16; size++) {
		slot(0, 0, size);
		assert_int_equal(netring_packet(&ring, &packet), 1);
		assert_int_equal(packet.bad, size < 14);
		netring_done(&ring, &packet, NETIF_RSP_ERROR);
	}
}

/* ---- checksums ---- */

static const uint8_t udp4[] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0,
	0x45, 0, 0, 31, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 2, 15, 10, 0, 2, 2,
	0x30, 0x39, 0, 53, 0, 11, 0xaa, 0xaa, 'a', 'b', 'c',
};

/* The sum over all of it and the pseudo header is ~0 (RFC 1071). */
static uint16_t sum_of(const uint8_t *f, unsigned at, unsigned addresses,
		       unsigned n, unsigned protocol, unsigned len)
{
	uint32_t sum = protocol + len;

	for (unsigned i = 0; i < n; i++)
		sum += (uint32_t)f[addresses + i] << (i & 1 ? 0 : 8);
	for (unsigned i = 0; i < len; i++)
		sum += (uint32_t)f[at + i] << (i & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void test_checksum(void **state)
{
	uint8_t f[1600] = { 0 };

	memcpy(f, udp4, sizeof(udp4));
	assert_true(netcsum_fill(f, sizeof(udp4)));
	assert_int_equal(sum_of(f, 34, 26, 8, 17, 11), 0xffff);
	/* As TCP over IPv6, behind a tag, of every length. */
	for (unsigned len = 20; len < 1400; len++) {
		memset(f, (int)len, sizeof(f));
		memcpy(f + 12, "\x81\0\0\5\x86\xdd\x60", 7);
		f[22] = (uint8_t)(len >> 8);
		f[23] = (uint8_t)len;
		f[24] = 6;
		assert_true(netcsum_fill(f, 58 + len));
		assert_int_equal(sum_of(f, 58, 26, 32, 6, len), 0xffff);
		assert_false(netcsum_fill(f, 57 + len));
	}
}

/* Whatever is cut off or changed, nothing past the end is touched. */
static void test_bad_checksum(void **state)
{
	uint8_t *f;

	for (uint32_t len = 0; len < sizeof(udp4); len++) {
		f = test_malloc(len + !len);
		memcpy(f, udp4, len);
		assert_false(netcsum_fill(f, len));
		test_free(f);
	}
	for (unsigned at = 12; at < 24; at++)
		for (unsigned v = 0; v < 256; v++) {
			f = test_malloc(sizeof(udp4));
			memcpy(f, udp4, sizeof(udp4));
			f[at] = (uint8_t)v;
			netcsum_fill(f, sizeof(udp4));
			test_free(f);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_layout, setup),
		cmocka_unit_test_setup(test_turns, setup),
		cmocka_unit_test_setup(test_extras, setup),
		cmocka_unit_test_setup(test_broken, setup),
		cmocka_unit_test_setup(test_short, setup),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_bad_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
