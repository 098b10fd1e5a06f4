/* The built-in xenstore against a guest that asks too much or breaks the ring.
 */
#include "tests/unit/storeguest.h"

#include <stdio.h>

#include "tests/store_audit.h"

/* As many nodes and bytes as one guest may have, and everything after. */
static void test_quota(void **state)
{
	static char big[STORE_VALUE_MAX + 8 + 1];
	char path[32];
	int made = 0, n;

	memcpy(big, "data/v", 7);
	assert_string_equal(guest_ask(XS_WRITE, 0, big, 7 + STORE_VALUE_MAX),
			    "OK");
	assert_string_equal(
		guest_ask(XS_WRITE, 0, big, 7 + STORE_VALUE_MAX + 1), "ENOSPC");
	for (int i = 0; i < 2 * STORE_GUEST_NODES; i++) {
		n = snprintf(path, sizeof(path), "data/n%d", i) + 1;
		made += !strcmp(guest_ask(XS_MKDIR, 0, path, (size_t)n), "OK");
	}
	assert_in_range(made, 400, STORE_GUEST_NODES);
	assert_null(store_audit(&guest_store));
	assert_int_equal(store_set(&guest_store, "/local/domain/1/z/y/x", "1"),
			 0);
	assert_string_equal(GUEST_ASK(XS_DIRECTORY, 0, "data\0") , "v");
	GUEST_SAYS("OK", XS_RM, 0, "data\0");
	GUEST_SAYS("OK", XS_MKDIR, 0, "control/shutdown/x\0");
	/* A list too long for one reply. */
	for (int i = 0; i < 90; i++) {
		snprintf(path, sizeof(path), "/d/%025d", i);
		assert_int_equal(store_mkdir(&guest_store, path), 0);
	}
	GUEST_ASK(XS_DIRECTORY, 0, "/d\0");
	assert_int_equal(guest_got.head.len, 90 * 26);
	for (int i = 90; i < 180; i++) {
		snprintf(path, sizeof(path), "/d/%025d", i);
		assert_int_equal(store_mkdir(&guest_store, path), 0);
	}
	GUEST_SAYS("E2BIG", XS_DIRECTORY, 0, "/d\0");
}

/* The guest floods and never reads: bounded, and all is there afterwards. */
static void test_flood(void **state)
{
	unsigned events = 0, sent = 0;
	uint32_t cons;

	for (unsigned i = 0; i < 40; i++) {
		char w[24];
		int n = snprintf(w, sizeof(w), "data%c%u%c", 0, i, 0);

		assert_string_equal(guest_ask(XS_WATCH, 0, w, (size_t)n), "OK");
		guest_next();
	}
	for (cons = guest_ring.req_cons; sent < 10000; sent++) {
		static const char wire[] =
			"\x0b\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0"
			"data/xx";

		if (guest_ring.req_prod - guest_ring.req_cons > 1024 - 24)
			break;
		guest_push(wire, sizeof(wire));
		store_run(&guest_store, &guest_ring);
	}
	assert_in_range(sent, 1, 100);
	assert_true(guest_ring.req_cons - cons < 1024);
	/* A hundred changes by others are not lost, only joined. */
	for (unsigned i = 0; i < 100; i++) {
		char path[48];

		snprintf(path, sizeof(path), "/local/domain/1/data/h%u", i);
		store_set(&guest_store, path, "");
	}
	assert_int_equal(guest_store.n_events, STORE_EVENTS);
	assert_null(store_audit(&guest_store));
	while (guest_next())
		events += guest_got.head.type == XS_WATCH_EVENT;
	assert_in_range(events, STORE_EVENTS + 39, 40 * 200);
	assert_int_equal(guest_store.n_events, 0);
	assert_int_equal(guest_ring.req_cons, guest_ring.req_prod);
}

static void test_ring(void **state)
{
	struct xsd_sockmsg m = { XS_READ, 1, 0, 6 };

	/* One byte at a time, across the end of the guest_ring. */
	guest_ring.req_prod = guest_ring.req_cons = 0xfffffffd;
	guest_ring.rsp_prod = guest_ring.rsp_cons = 1020;
	for (size_t i = 0; i < sizeof(m); i++) {
		guest_push((char *)&m + i, 1);
		assert_true(store_run(&guest_store, &guest_ring));
		assert_false(store_run(&guest_store, &guest_ring));
	}
	guest_push("domid", 6);
	assert_true(guest_next());
	assert_string_equal(guest_got.data, "1");
	/* Indices that cannot be: no service any more, no harm either. */
	guest_ring.req_prod = guest_ring.req_cons + 1025;
	assert_false(store_run(&guest_store, &guest_ring));
	assert_true(guest_store.broken);
	assert_int_equal(guest_ring.error, XENSTORE_ERROR_RINGIDX);
	guest_ring.req_prod = guest_ring.req_cons;
	assert_false(guest_next());
}

static void test_ring_reply_index(void **state)
{
	guest_ring.rsp_prod = guest_ring.rsp_cons + 1500;
	guest_request(XS_READ, 0, "domid", 6);
	store_run(&guest_store, &guest_ring);
	assert_true(guest_store.broken);
}

static void test_ring_length(void **state)
{
	struct xsd_sockmsg m = { XS_READ, 1, 0, XENSTORE_PAYLOAD_MAX + 1 };

	guest_push(&m, sizeof(m));
	assert_false(guest_next());
	assert_true(guest_store.broken);
	assert_int_equal(guest_ring.error, XENSTORE_ERROR_PROTO);
}

/* Every watch there may be, of a path as long as there may be. */
static void watch_all(void)
{
	char text[STORE_PATH_MAX + 8];
	size_t n = 900;

	for (size_t i = 0; i < n; i++)
		text[i] = i % 60 == 4 ? '/' : 'a';
	memcpy(text, "data", 4);
	text[n++] = 0;
	for (unsigned i = 0; i < STORE_WATCHES; i++) {
		int len = sprintf(text + n, "%u", i) + 1;

		assert_string_equal(guest_ask(XS_WATCH, 0, text,
					      n + (size_t)len), "OK");
		guest_next();
	}
}

static unsigned n_changed;

static void count_changed(void *arg, const char *path)
{
	n_changed++;
}

/* The ring's requests; in how many parts, none of which takes long. */
static unsigned in_parts(void)
{
	unsigned parts = 0;
	uint32_t before;

	do {
		before = guest_store.pool.work;
		store_run(&guest_store, &guest_ring);
		assert_in_range(guest_store.pool.work - before, 1,
				2 * STORE_WORK + STORE_WATCHES * 40);
		assert_null(store_audit(&guest_store));
		parts++;
	} while (guest_store.more);
	return parts;
}

/*
 * One request has many watches looked at, for each of many changes: that goes
 * in parts, and all are told at the end.
 */
static void test_parts(void **state)
{
	uint32_t tx;

	watch_all();
	tx = guest_tx_start();
	for (unsigned i = 0; i < STORE_TX_CHANGES; i++)
		GUEST_SAYS("OK", XS_WRITE, tx, "data/x\0v");
	guest_store.changed = count_changed;
	n_changed = 0;
	guest_request(XS_TRANSACTION_END, tx, "T", 2);
	assert_in_range(in_parts(), 10, 1000);
	assert_int_equal(n_changed, STORE_TX_CHANGES);
	assert_true(guest_next());
	assert_string_equal(guest_got.data, "OK");
	GUEST_SAYS("v", XS_READ, 0, "data/x\0");
	for (unsigned i = 0; i < 20; i++)
		guest_request(XS_WRITE, 0, "data/x\0w", 8);
	assert_in_range(in_parts(), 10, 1000);
	assert_int_equal(n_changed, STORE_TX_CHANGES + 20);
}

/* Its news are told before another transaction begins, or ends. */
static void test_news_first(void **state)
{
	uint32_t a, b;

	watch_all();
	a = guest_tx_start();
	b = guest_tx_start();
	GUEST_SAYS("OK", XS_WRITE, a, "data/x\0a");
	GUEST_SAYS("OK", XS_WRITE, a, "data/y\0a");
	GUEST_SAYS("OK", XS_WRITE, b, "data/x\0b");
	guest_request(XS_TRANSACTION_END, a, "T", 2);
	store_run(&guest_store, &guest_ring);
	guest_request(XS_TRANSACTION_END, a, "T", 2);
	guest_request(XS_TRANSACTION_END, b, "T", 2);
	guest_next();
	assert_string_equal(guest_got.data, "OK");
	guest_next();
	assert_string_equal(guest_got.data, "ENOENT");
	guest_next();
	assert_string_equal(guest_got.data, "EAGAIN");
	GUEST_SAYS("a", XS_READ, 0, "data/x\0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUEST_TEST(test_quota),
		GUEST_TEST(test_flood),
		GUEST_TEST(test_ring),
		GUEST_TEST(test_ring_reply_index),
		GUEST_TEST(test_ring_length),
		GUEST_TEST(test_parts),
		GUEST_TEST(test_news_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
