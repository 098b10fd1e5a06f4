/* The built-in xenstore, through its ring as a guest uses it. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "pvboot/hv/store.h"
#include "tests/store_audit.h"

#define BACKEND "/local/domain/0/backend/vbd/1/51712"
#define FRONTEND "/local/domain/1/device/vbd/51712"

static struct store store;
static struct xenstore_domain_interface ring;
static uint32_t last_id;

/* A message the guest got, and what it had asked for. */
static struct {
	struct xsd_sockmsg head;
	char data[XENSTORE_PAYLOAD_MAX + 1];
} got;

static int setup(void **state)
{
	memset(&ring, 0, sizeof(ring));
	last_id = 0;
	store_init(&store, 1);
	assert_int_equal(store_set(&store, "/local/domain/1/domid", "1"), 0);
	store_set(&store, "/local/domain/1/memory/target", "262144");
	store_set(&store, "/local/domain/1/cpu/0/availability", "online");
	store_set(&store, "/local/domain/1/control/shutdown", "");
	store_give(&store, "/local/domain/1/control/shutdown");
	store_mkdir(&store, "/local/domain/1/data");
	store_give(&store, "/local/domain/1/data");
	store_set(&store, FRONTEND "/backend", BACKEND);
	store_set(&store, FRONTEND "/backend-id", "0");
	store_set(&store, FRONTEND "/state", "1");
	store_give(&store, FRONTEND);
	store_give(&store, FRONTEND "/state");
	store_set(&store, BACKEND "/state", "2");
	return 0;
}

static int teardown(void **state)
{
	const char *wrong = store_audit(&store);

	if (wrong)
		print_error("%s\n", wrong);
	return wrong != NULL;
}

static void push(const void *data, size_t n)
{
	const char *from = data;

	while (n--) {
		assert_true(ring.req_prod - ring.req_cons < 1024);
		ring.req[ring.req_prod++ & 1023] = *from++;
		if (ring.req_prod - ring.req_cons == 1024)
			store_run(&store, &ring);
	}
}

static size_t pull(void *data, size_t n)
{
	char *to = data;

	for (size_t i = 0; i < n; i++) {
		if (ring.rsp_prod == ring.rsp_cons)
			store_run(&store, &ring);
		if (ring.rsp_prod == ring.rsp_cons)
			return i;
		to[i] = ring.rsp[ring.rsp_cons++ & 1023];
	}
	return n;
}

/* The next message from the store, if there is one. */
static bool next(void)
{
	if (!pull(&got.head, sizeof(got.head)))
		return false;
	assert_true(got.head.len <= XENSTORE_PAYLOAD_MAX);
	assert_int_equal(pull(got.data, got.head.len), got.head.len);
	got.data[got.head.len] = 0;
	return true;
}

static void request(uint32_t type, uint32_t tx, const char *data, size_t len)
{
	struct xsd_sockmsg m = { type, ++last_id, tx, (uint32_t)len };

	push(&m, sizeof(m));
	push(data, len);
}

/* Ask, and return the reply's payload; "" + error name goes the same way. */
static const char *ask(uint32_t type, uint32_t tx, const char *data, size_t len)
{
	request(type, tx, data, len);
	do
		assert_true(next());
	while (got.head.type == XS_WATCH_EVENT);
	assert_int_equal(got.head.req_id, last_id);
	assert_int_equal(got.head.tx_id, tx);
	if (got.head.type != XS_ERROR)
		assert_int_equal(got.head.type, type);
	return got.data;
}

#define ASK(type, tx, literal) ask(type, tx, literal, sizeof(literal) - 1)

static void expect_event(const char *path, const char *token)
{
	assert_true(next());
	assert_int_equal(got.head.type, XS_WATCH_EVENT);
	assert_int_equal(got.head.req_id, 0);
	assert_string_equal(got.data, path);
	assert_string_equal(got.data + strlen(path) + 1, token);
	assert_int_equal(got.head.len, strlen(path) + strlen(token) + 2);
}

static uint32_t tx_start(void)
{
	return (uint32_t)strtoul(ASK(XS_TRANSACTION_START, 0, "\0"), NULL, 10);
}

static const char *tx_end(uint32_t id)
{
	return ASK(XS_TRANSACTION_END, id, "T\0");
}

/* What Debian 6.1 says from boot to a mounted disk and power-off. */
static void test_debian(void **state)
{
	uint32_t tx;

	assert_string_equal(ASK(XS_WATCH, 0, "memory/target\0t1\0"), "OK");
	expect_event("memory/target", "t1");
	assert_string_equal(ASK(XS_WATCH, 0, "control/shutdown\0t2\0"), "OK");
	expect_event("control/shutdown", "t2");
	assert_string_equal(ASK(XS_READ, 0, "memory/target\0"), "262144");
	assert_string_equal(ASK(XS_READ, 0, "memory/static-max\0"), "ENOENT");
	assert_int_equal(got.head.type, XS_ERROR);
	assert_string_equal(ASK(XS_WRITE, 0, "control/feature-poweroff\0" "1"),
			    "EACCES");
	tx = tx_start();
	assert_true(tx);
	assert_string_equal(ASK(XS_READ, tx, "control/shutdown\0"), "");
	assert_int_equal(got.head.len, 0);
	assert_string_equal(tx_end(tx), "OK");
	assert_string_equal(ASK(XS_DIRECTORY, 0, "backend\0"), "ENOENT");
	assert_string_equal(ASK(XS_WATCH, 0, "backend\0be\0"), "OK");
	expect_event("backend", "be");
	assert_string_equal(ASK(XS_DIRECTORY, 0, "device\0"), "vbd");
	assert_int_equal(got.head.len, 4);
	assert_string_equal(ASK(XS_DIRECTORY, 0, "device/vbd\0"), "51712");
	assert_string_equal(ASK(XS_READ, 0, "device/vbd/51712/state\0"), "1");
	assert_string_equal(ASK(XS_WATCH, 0, "device\0dev\0"), "OK");
	expect_event("device", "dev");
	assert_string_equal(ASK(XS_READ, 0, "cpu/0/availability\0"), "online");

	/* blkfront */
	assert_string_equal(ASK(XS_READ, 0, FRONTEND "/backend\0"), BACKEND);
	assert_string_equal(ASK(XS_DIRECTORY, 0, BACKEND "\0"), "state");
	assert_string_equal(ASK(XS_WATCH, 0, BACKEND "/state\0b1\0"), "OK");
	expect_event(BACKEND "/state", "b1");
	tx = tx_start();
	assert_string_equal(ASK(XS_WRITE, tx, "device/vbd/51712/ring-ref\0" "8"),
			    "OK");
	assert_string_equal(ASK(XS_READ, tx, "device/vbd/51712/ring-ref\0"),
			    "8");
	assert_string_equal(ASK(XS_READ, 0, "device/vbd/51712/ring-ref\0"),
			    "ENOENT");
	assert_string_equal(ASK(XS_WRITE, tx,
				"device/vbd/51712/event-channel\0" "9"), "OK");
	assert_false(next());
	assert_string_equal(tx_end(tx), "OK");
	expect_event("device/vbd/51712/ring-ref", "dev");
	expect_event("device/vbd/51712/event-channel", "dev");
	assert_string_equal(ASK(XS_DIRECTORY, 0, "device/vbd/51712/ring-ref\0"),
			    "");
	assert_int_equal(got.head.type, XS_DIRECTORY);
	tx = tx_start();
	assert_string_equal(ASK(XS_WRITE, tx, FRONTEND "/state\0" "3"), "OK");
	assert_string_equal(tx_end(tx), "OK");
	expect_event("device/vbd/51712/state", "dev");
	store_set(&store, BACKEND "/sectors", "2048");
	assert_false(next());
	store_set(&store, BACKEND "/state", "4");
	expect_event(BACKEND "/state", "b1");
	assert_string_equal(ASK(XS_READ, 0, BACKEND "/state\0"), "4");
	assert_false(next());
}

static void test_permissions(void **state)
{
	assert_string_equal(ASK(XS_WRITE, 0, BACKEND "/state\0" "4"), "EACCES");
	assert_string_equal(ASK(XS_WRITE, 0, "/tool/x\0" "4"), "EACCES");
	assert_string_equal(ASK(XS_MKDIR, 0, "new\0"), "EACCES");
	assert_string_equal(ASK(XS_RM, 0, "device\0"), "EACCES");
	assert_string_equal(ASK(XS_RM, 0, "/\0"), "EINVAL");
	assert_string_equal(ASK(XS_RM, 0, "data/no/such\0"), "ENOENT");
	assert_string_equal(ASK(XS_RM, 0, "data/none\0"), "OK");
	assert_string_equal(ASK(XS_WRITE, 0, "data/a/b/c\0" "x"), "OK");
	assert_string_equal(ASK(XS_GET_PERMS, 0, "data/a/b/c\0"), "n1");
	assert_string_equal(ASK(XS_SET_PERMS, 0, "data/a/b/c\0" "b1\0" "r0\0"),
			    "OK");
	ASK(XS_GET_PERMS, 0, "data/a/b/c\0");
	assert_int_equal(got.head.len, 6);
	assert_memory_equal(got.data, "b1\0r0\0", 6);
	assert_string_equal(ASK(XS_SET_PERMS, 0, "data/a\0" "n0\0"), "EACCES");
	assert_string_equal(ASK(XS_SET_PERMS, 0, "data/a\0" "q1\0"), "EINVAL");
	assert_string_equal(ASK(XS_SET_PERMS, 0, "data/a\0"), "EINVAL");
	assert_string_equal(ASK(XS_SET_PERMS, 0, "domid\0" "b1\0"), "EACCES");
	assert_string_equal(ASK(XS_RM, 0, "data/a\0"), "OK");
	assert_string_equal(ASK(XS_READ, 0, "data/a/b/c\0"), "ENOENT");
}

static void test_bad_paths(void **state)
{
	static char longest[STORE_PATH_MAX + 8];

	assert_string_equal(ASK(XS_READ, 0, "\0"), "EINVAL");
	assert_string_equal(ASK(XS_READ, 0, "domid"), "EINVAL");
	assert_string_equal(ASK(XS_READ, 0, ""), "EINVAL");
	assert_string_equal(ASK(XS_READ, 0, "a//b\0"), "EINVAL");
	assert_string_equal(ASK(XS_READ, 0, "a/\0"), "EINVAL");
	assert_string_equal(ASK(XS_READ, 0, "a b\0"), "EINVAL");
	assert_string_equal(ASK(XS_DIRECTORY, 0, "/\0"), "local");
	memset(longest, 'a', sizeof(longest));
	assert_string_equal(ask(XS_READ, 0, longest, 70), "EINVAL");
	longest[69] = 0;
	assert_string_equal(ask(XS_READ, 0, longest, 70), "EINVAL");
	for (size_t i = 0; i < sizeof(longest); i += 2)
		longest[i] = '/';
	longest[STORE_PATH_MAX + 7] = 0;
	assert_string_equal(ask(XS_WRITE, 0, longest, sizeof(longest)),
			    "EINVAL");
	assert_string_equal(ASK(77, 0, "x\0"), "ENOSYS");
	assert_string_equal(ASK(XS_INTRODUCE, 0, "x\0"), "ENOSYS");
	assert_string_equal(ASK(XS_GET_DOMAIN_PATH, 0, "7\0"),
			    "/local/domain/7");
	assert_string_equal(ASK(XS_GET_DOMAIN_PATH, 0, "99999\0"), "EINVAL");
}

static void test_watches(void **state)
{
	char watch[40];
	int n;

	assert_string_equal(ASK(XS_WATCH, 0, "data\0a\0"), "OK");
	expect_event("data", "a");
	assert_string_equal(ASK(XS_WATCH, 0, "data\0a\0"), "EEXIST");
	assert_string_equal(ASK(XS_WATCH, 0, "/local/domain/1/data/x\0b\0"),
			    "OK");
	expect_event("/local/domain/1/data/x", "b");
	ASK(XS_WRITE, 0, "data/x\0" "1");
	expect_event("data/x", "a");
	expect_event("/local/domain/1/data/x", "b");
	ASK(XS_WRITE, 0, "data/xy\0" "1");
	expect_event("data/xy", "a");
	/* Removal above a watched node is an event for the node. */
	store_remove(&store, "/local/domain/1/data");
	expect_event("data", "a");
	expect_event("/local/domain/1/data/x", "b");
	assert_string_equal(ASK(XS_UNWATCH, 0, "data\0z\0"), "ENOENT");
	assert_string_equal(ASK(XS_UNWATCH, 0, "data\0a\0"), "OK");
	store_set(&store, "/local/domain/1/data", "");
	assert_false(next());
	assert_string_equal(ASK(XS_WATCH, 0, "@releaseDomain\0c\0"), "OK");
	expect_event("@releaseDomain", "c");
	for (int i = 2; i < STORE_WATCHES; i++) {
		n = snprintf(watch, sizeof(watch), "w%d%cx%c", i, 0, 0);
		assert_string_equal(ask(XS_WATCH, 0, watch, (size_t)n), "OK");
		next();
	}
	assert_string_equal(ASK(XS_WATCH, 0, "data\0q\0"), "E2BIG");
	assert_string_equal(ASK(XS_RESET_WATCHES, 0, "\0"), "OK");
	store_set(&store, "/local/domain/1/w7", "");
	assert_false(next());
}

static void test_transactions(void **state)
{
	uint32_t a = tx_start(), b = tx_start(), id;

	assert_int_not_equal(a, b);
	ASK(XS_WRITE, a, "data/k\0" "a");
	ASK(XS_WRITE, b, "data/k\0" "b");
	assert_string_equal(ASK(XS_READ, a, "data/k\0"), "a");
	assert_string_equal(ASK(XS_READ, b, "data/k\0"), "b");
	assert_string_equal(tx_end(a), "OK");
	assert_string_equal(tx_end(b), "EAGAIN");
	assert_string_equal(tx_end(b), "ENOENT");
	assert_string_equal(ASK(XS_READ, 0, "data/k\0"), "a");
	/* Given up, and reads only. */
	a = tx_start();
	ASK(XS_RM, a, "data/k\0");
	assert_string_equal(ASK(XS_READ, a, "data/k\0"), "ENOENT");
	assert_string_equal(ASK(XS_TRANSACTION_END, a, "F\0"), "OK");
	assert_string_equal(ASK(XS_READ, 0, "data/k\0"), "a");
	a = tx_start();
	assert_string_equal(ASK(XS_READ, a, "data/k\0"), "a");
	store_set(&store, "/local/domain/1/data/k", "z");
	assert_string_equal(ASK(XS_READ, a, "data/k\0"), "a");
	assert_string_equal(tx_end(a), "OK");
	for (int i = 0; i < STORE_TXS; i++) {
		id = tx_start();
		assert_true(id);
		ASK(XS_WRITE, id, "data/t\0" "1");
	}
	assert_string_equal(ASK(XS_TRANSACTION_START, 0, "\0"), "ENOSPC");
	assert_null(store_audit(&store));
	assert_string_equal(ASK(XS_TRANSACTION_END, id, "X\0"), "EINVAL");
	for (int i = 1; i <= STORE_TX_CHANGES; i++)
		assert_string_equal(ASK(XS_WRITE, id, "data/t\0" "1"),
				    i < STORE_TX_CHANGES ? "OK" : "ENOSPC");
	ASK(XS_RESET_WATCHES, 0, "\0");
	assert_int_equal(tx_start(), id + 1);
}

/* As many nodes and bytes as one guest may have, and everything after. */
static void test_quota(void **state)
{
	static char big[STORE_VALUE_MAX + 8 + 1];
	char path[32];
	int made = 0, n;

	memcpy(big, "data/v", 7);
	assert_string_equal(ask(XS_WRITE, 0, big, 7 + STORE_VALUE_MAX), "OK");
	assert_string_equal(ask(XS_WRITE, 0, big, 7 + STORE_VALUE_MAX + 1),
			    "ENOSPC");
	for (int i = 0; i < 2 * STORE_GUEST_NODES; i++) {
		n = snprintf(path, sizeof(path), "data/n%d", i) + 1;
		made += !strcmp(ask(XS_MKDIR, 0, path, (size_t)n), "OK");
	}
	assert_in_range(made, 400, STORE_GUEST_NODES);
	assert_null(store_audit(&store));
	assert_int_equal(store_set(&store, "/local/domain/1/z/y/x", "1"), 0);
	assert_string_equal(ASK(XS_DIRECTORY, 0, "data\0") , "v");
	assert_string_equal(ASK(XS_RM, 0, "data\0"), "OK");
	assert_string_equal(ASK(XS_MKDIR, 0, "control/shutdown/x\0"), "OK");
	/* A list too long for one reply. */
	for (int i = 0; i < 90; i++) {
		snprintf(path, sizeof(path), "/d/%025d", i);
		assert_int_equal(store_mkdir(&store, path), 0);
	}
	ASK(XS_DIRECTORY, 0, "/d\0");
	assert_int_equal(got.head.len, 90 * 26);
	for (int i = 90; i < 180; i++) {
		snprintf(path, sizeof(path), "/d/%025d", i);
		assert_int_equal(store_mkdir(&store, path), 0);
	}
	assert_string_equal(ASK(XS_DIRECTORY, 0, "/d\0"), "E2BIG");
}

/* The guest floods and never reads: bounded, and all is there afterwards. */
static void test_flood(void **state)
{
	unsigned events = 0, sent = 0;
	uint32_t cons;

	for (unsigned i = 0; i < 40; i++) {
		char w[24];
		int n = snprintf(w, sizeof(w), "data%c%u%c", 0, i, 0);

		assert_string_equal(ask(XS_WATCH, 0, w, (size_t)n), "OK");
		next();
	}
	for (cons = ring.req_cons; sent < 10000; sent++) {
		static const char wire[] = "\x0b\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0"
			"data/xx";

		if (ring.req_prod - ring.req_cons > 1024 - 24)
			break;
		push(wire, sizeof(wire));
		store_run(&store, &ring);
	}
	assert_in_range(sent, 1, 100);
	assert_true(ring.req_cons - cons < 1024);
	/* A hundred changes by others are not lost, only joined. */
	for (unsigned i = 0; i < 100; i++) {
		char path[48];

		snprintf(path, sizeof(path), "/local/domain/1/data/h%u", i);
		store_set(&store, path, "");
	}
	assert_int_equal(store.n_events, STORE_EVENTS);
	assert_null(store_audit(&store));
	while (next())
		events += got.head.type == XS_WATCH_EVENT;
	assert_in_range(events, STORE_EVENTS + 39, 40 * 200);
	assert_int_equal(store.n_events, 0);
	assert_int_equal(ring.req_cons, ring.req_prod);
}

static void test_ring(void **state)
{
	struct xsd_sockmsg m = { XS_READ, 1, 0, 6 };

	/* One byte at a time, across the end of the ring. */
	ring.req_prod = ring.req_cons = 0xfffffffd;
	ring.rsp_prod = ring.rsp_cons = 1020;
	for (size_t i = 0; i < sizeof(m); i++) {
		push((char *)&m + i, 1);
		assert_true(store_run(&store, &ring));
		assert_false(store_run(&store, &ring));
	}
	push("domid", 6);
	assert_true(next());
	assert_string_equal(got.data, "1");
	/* Indices that cannot be: no service any more, no harm either. */
	ring.req_prod = ring.req_cons + 1025;
	assert_false(store_run(&store, &ring));
	assert_true(store.broken);
	assert_int_equal(ring.error, XENSTORE_ERROR_RINGIDX);
	ring.req_prod = ring.req_cons;
	assert_false(next());
}

static void test_ring_reply_index(void **state)
{
	ring.rsp_prod = ring.rsp_cons + 1500;
	request(XS_READ, 0, "domid", 6);
	store_run(&store, &ring);
	assert_true(store.broken);
}

static void test_ring_length(void **state)
{
	struct xsd_sockmsg m = { XS_READ, 1, 0, XENSTORE_PAYLOAD_MAX + 1 };

	push(&m, sizeof(m));
	assert_false(next());
	assert_true(store.broken);
	assert_int_equal(ring.error, XENSTORE_ERROR_PROTO);
}

static char heard[128];

static void hear(void *arg, const char *path)
{
	snprintf(heard, sizeof(heard), "%s", path);
}

static void test_hypervisor(void **state)
{
	uint64_t v;
	char b[4];

	store.changed = hear;
	ASK(XS_WRITE, 0, FRONTEND "/state\0" "3");
	assert_string_equal(heard, FRONTEND "/state");
	assert_int_equal(store_get_number(&store, FRONTEND "/state", 6, &v), 0);
	assert_int_equal(v, 3);
	assert_int_equal(store_get_number(&store, FRONTEND "/state", 2, &v),
			 EINVAL);
	ASK(XS_WRITE, 0, FRONTEND "/state\0" "99999999999999999999999");
	assert_int_equal(store_get_number(&store, FRONTEND "/state", ~0ull, &v),
			 EINVAL);
	ASK(XS_WRITE, 0, FRONTEND "/state\0" "-1");
	assert_int_equal(store_get_number(&store, FRONTEND "/state", 6, &v),
			 EINVAL);
	ASK(XS_WRITE, 0, FRONTEND "/state\0");
	assert_int_equal(store_get_number(&store, FRONTEND "/state", 6, &v),
			 EINVAL);
	ASK(XS_WRITE, 0, FRONTEND "/x\0" "a\0b");
	assert_int_equal(store_get(&store, FRONTEND "/x", b, 4), EINVAL);
	assert_int_equal(store_get(&store, FRONTEND "/x", b, 3), E2BIG);
	assert_int_equal(store_get(&store, FRONTEND "/y", b, 3), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_debian, setup, teardown),
		cmocka_unit_test_setup_teardown(test_permissions, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_bad_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_watches, setup, teardown),
		cmocka_unit_test_setup_teardown(test_transactions, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_quota, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ring, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ring_reply_index, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_ring_length, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_hypervisor, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
