/* What the built-in xenstore answers. */
#include "tests/unit/storeguest.h"

#include <stdio.h>

#include "tests/store_audit.h"

/* What Debian 6.1 says from boot to a mounted disk and power-off. */
static void test_debian(void **state)
{
	uint32_t tx;

	GUEST_SAYS("OK", XS_WATCH, 0, "memory/target\0t1\0");
	guest_expect_event("memory/target", "t1");
	GUEST_SAYS("OK", XS_WATCH, 0, "control/shutdown\0t2\0");
	guest_expect_event("control/shutdown", "t2");
	GUEST_SAYS("262144", XS_READ, 0, "memory/target\0");
	GUEST_SAYS("ENOENT", XS_READ, 0, "memory/static-max\0");
	assert_int_equal(guest_got.head.type, XS_ERROR);
	GUEST_SAYS("EACCES", XS_WRITE, 0, "control/feature-poweroff\0" "1");
	tx = guest_tx_start();
	assert_true(tx);
	GUEST_SAYS("", XS_READ, tx, "control/shutdown\0");
	assert_int_equal(guest_got.head.len, 0);
	assert_string_equal(guest_tx_end(tx), "OK");
	GUEST_SAYS("ENOENT", XS_DIRECTORY, 0, "backend\0");
	GUEST_SAYS("OK", XS_WATCH, 0, "backend\0be\0");
	guest_expect_event("backend", "be");
	GUEST_SAYS("vbd", XS_DIRECTORY, 0, "device\0");
	assert_int_equal(guest_got.head.len, 4);
	GUEST_SAYS("51712", XS_DIRECTORY, 0, "device/vbd\0");
	GUEST_SAYS("1", XS_READ, 0, "device/vbd/51712/state\0");
	GUEST_SAYS("OK", XS_WATCH, 0, "device\0dev\0");
	guest_expect_event("device", "dev");
	GUEST_SAYS("online", XS_READ, 0, "cpu/0/availability\0");

	/* blkfront */
	GUEST_SAYS(BACKEND, XS_READ, 0, FRONTEND "/backend\0");
	GUEST_SAYS("state", XS_DIRECTORY, 0, BACKEND "\0");
	GUEST_SAYS("OK", XS_WATCH, 0, BACKEND "/state\0b1\0");
	guest_expect_event(BACKEND "/state", "b1");
	tx = guest_tx_start();
	GUEST_SAYS("OK", XS_WRITE, tx, "device/vbd/51712/ring-ref\0" "8");
	GUEST_SAYS("8", XS_READ, tx, "device/vbd/51712/ring-ref\0");
	GUEST_SAYS("ENOENT", XS_READ, 0, "device/vbd/51712/ring-ref\0");
	GUEST_SAYS("OK", XS_WRITE, tx, "device/vbd/51712/event-channel\0" "9");
	assert_false(guest_next());
	assert_string_equal(guest_tx_end(tx), "OK");
	guest_expect_event("device/vbd/51712/ring-ref", "dev");
	guest_expect_event("device/vbd/51712/event-channel", "dev");
	GUEST_SAYS("", XS_DIRECTORY, 0, "device/vbd/51712/ring-ref\0");
	assert_int_equal(guest_got.head.type, XS_DIRECTORY);
	tx = guest_tx_start();
	GUEST_SAYS("OK", XS_WRITE, tx, FRONTEND "/state\0" "3");
	assert_string_equal(guest_tx_end(tx), "OK");
	guest_expect_event("device/vbd/51712/state", "dev");
	store_set(&guest_store, BACKEND "/sectors", "2048");
	assert_false(guest_next());
	store_set(&guest_store, BACKEND "/state", "4");
	guest_expect_event(BACKEND "/state", "b1");
	GUEST_SAYS("4", XS_READ, 0, BACKEND "/state\0");
	assert_false(guest_next());
}

static void test_permissions(void **state)
{
	GUEST_SAYS("EACCES", XS_WRITE, 0, BACKEND "/state\0" "4");
	GUEST_SAYS("EACCES", XS_WRITE, 0, "/tool/x\0" "4");
	GUEST_SAYS("EACCES", XS_MKDIR, 0, "new\0");
	GUEST_SAYS("EACCES", XS_RM, 0, "device\0");
	GUEST_SAYS("EINVAL", XS_RM, 0, "/\0");
	GUEST_SAYS("ENOENT", XS_RM, 0, "data/no/such\0");
	GUEST_SAYS("OK", XS_RM, 0, "data/none\0");
	GUEST_SAYS("OK", XS_WRITE, 0, "data/a/b/c\0" "x");
	GUEST_SAYS("n1", XS_GET_PERMS, 0, "data/a/b/c\0");
	GUEST_SAYS("OK", XS_SET_PERMS, 0, "data/a/b/c\0" "b1\0" "r0\0");
	GUEST_ASK(XS_GET_PERMS, 0, "data/a/b/c\0");
	assert_int_equal(guest_got.head.len, 6);
	assert_memory_equal(guest_got.data, "b1\0r0\0", 6);
	GUEST_SAYS("EACCES", XS_SET_PERMS, 0, "data/a\0" "n0\0");
	GUEST_SAYS("EINVAL", XS_SET_PERMS, 0, "data/a\0" "q1\0");
	GUEST_SAYS("EINVAL", XS_SET_PERMS, 0, "data/a\0");
	GUEST_SAYS("EACCES", XS_SET_PERMS, 0, "domid\0" "b1\0");
	GUEST_SAYS("OK", XS_RM, 0, "data/a\0");
	GUEST_SAYS("ENOENT", XS_READ, 0, "data/a/b/c\0");
}

static void test_bad_paths(void **state)
{
	static char longest[STORE_PATH_MAX + 8];

	GUEST_SAYS("EINVAL", XS_READ, 0, "\0");
	GUEST_SAYS("EINVAL", XS_READ, 0, "domid");
	GUEST_SAYS("EINVAL", XS_READ, 0, "");
	GUEST_SAYS("EINVAL", XS_READ, 0, "a//b\0");
	GUEST_SAYS("EINVAL", XS_READ, 0, "a/\0");
	GUEST_SAYS("EINVAL", XS_READ, 0, "a b\0");
	GUEST_SAYS("local", XS_DIRECTORY, 0, "/\0");
	memset(longest, 'a', sizeof(longest));
	assert_string_equal(guest_ask(XS_READ, 0, longest, 70), "EINVAL");
	longest[69] = 0;
	assert_string_equal(guest_ask(XS_READ, 0, longest, 70), "EINVAL");
	for (size_t i = 0; i < sizeof(longest); i += 2)
		longest[i] = '/';
	longest[STORE_PATH_MAX + 7] = 0;
	assert_string_equal(guest_ask(XS_WRITE, 0, longest, sizeof(longest)),
			    "EINVAL");
	GUEST_SAYS("ENOSYS", 77, 0, "x\0");
	GUEST_SAYS("ENOSYS", XS_INTRODUCE, 0, "x\0");
	GUEST_SAYS("/local/domain/7", XS_GET_DOMAIN_PATH, 0, "7\0");
	GUEST_SAYS("EINVAL", XS_GET_DOMAIN_PATH, 0, "99999\0");
}

static void test_watches(void **state)
{
	char watch[40];
	int n;

	GUEST_SAYS("OK", XS_WATCH, 0, "data\0a\0");
	guest_expect_event("data", "a");
	GUEST_SAYS("EEXIST", XS_WATCH, 0, "data\0a\0");
	GUEST_SAYS("OK", XS_WATCH, 0, "/local/domain/1/data/x\0b\0");
	guest_expect_event("/local/domain/1/data/x", "b");
	GUEST_ASK(XS_WRITE, 0, "data/x\0" "1");
	guest_expect_event("data/x", "a");
	guest_expect_event("/local/domain/1/data/x", "b");
	GUEST_ASK(XS_WRITE, 0, "data/xy\0" "1");
	guest_expect_event("data/xy", "a");
	/* Removal above a watched node is an event for the node. */
	store_remove(&guest_store, "/local/domain/1/data");
	guest_expect_event("data", "a");
	guest_expect_event("/local/domain/1/data/x", "b");
	GUEST_SAYS("ENOENT", XS_UNWATCH, 0, "data\0z\0");
	GUEST_SAYS("OK", XS_UNWATCH, 0, "data\0a\0");
	store_set(&guest_store, "/local/domain/1/data", "");
	assert_false(guest_next());
	GUEST_SAYS("OK", XS_WATCH, 0, "@releaseDomain\0c\0");
	guest_expect_event("@releaseDomain", "c");
	for (int i = 2; i < STORE_WATCHES; i++) {
		n = snprintf(watch, sizeof(watch), "w%d%cx%c", i, 0, 0);
		assert_string_equal(guest_ask(XS_WATCH, 0, watch, (size_t)n),
				    "OK");
		guest_next();
	}
	GUEST_SAYS("E2BIG", XS_WATCH, 0, "data\0q\0");
	GUEST_SAYS("OK", XS_RESET_WATCHES, 0, "\0");
	store_set(&guest_store, "/local/domain/1/w7", "");
	assert_false(guest_next());
}

static void test_transactions(void **state)
{
	uint32_t a = guest_tx_start(), b = guest_tx_start(), id;

	assert_int_not_equal(a, b);
	GUEST_ASK(XS_WRITE, a, "data/k\0" "a");
	GUEST_ASK(XS_WRITE, b, "data/k\0" "b");
	GUEST_SAYS("a", XS_READ, a, "data/k\0");
	GUEST_SAYS("b", XS_READ, b, "data/k\0");
	assert_string_equal(guest_tx_end(a), "OK");
	assert_string_equal(guest_tx_end(b), "EAGAIN");
	assert_string_equal(guest_tx_end(b), "ENOENT");
	GUEST_SAYS("a", XS_READ, 0, "data/k\0");
	/* Given up, and reads only. */
	a = guest_tx_start();
	GUEST_ASK(XS_RM, a, "data/k\0");
	GUEST_SAYS("ENOENT", XS_READ, a, "data/k\0");
	GUEST_SAYS("OK", XS_TRANSACTION_END, a, "F\0");
	GUEST_SAYS("a", XS_READ, 0, "data/k\0");
	a = guest_tx_start();
	GUEST_SAYS("a", XS_READ, a, "data/k\0");
	store_set(&guest_store, "/local/domain/1/data/k", "z");
	GUEST_SAYS("a", XS_READ, a, "data/k\0");
	assert_string_equal(guest_tx_end(a), "OK");
	for (int i = 0; i < STORE_TXS; i++) {
		id = guest_tx_start();
		assert_true(id);
		GUEST_ASK(XS_WRITE, id, "data/t\0" "1");
	}
	GUEST_SAYS("ENOSPC", XS_TRANSACTION_START, 0, "\0");
	assert_null(store_audit(&guest_store));
	GUEST_SAYS("EINVAL", XS_TRANSACTION_END, id, "X\0");
	for (int i = 1; i <= STORE_TX_CHANGES; i++)
		assert_string_equal(GUEST_ASK(XS_WRITE, id, "data/t\0" "1"),
				    i < STORE_TX_CHANGES ? "OK" : "ENOSPC");
	GUEST_ASK(XS_RESET_WATCHES, 0, "\0");
	assert_int_equal(guest_tx_start(), id + 1);
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

	guest_store.changed = hear;
	GUEST_ASK(XS_WRITE, 0, FRONTEND "/state\0" "3");
	assert_string_equal(heard, FRONTEND "/state");
	assert_int_equal(
		store_get_number(&guest_store, FRONTEND "/state", 6, &v), 0);
	assert_int_equal(v, 3);
	assert_int_equal(
		store_get_number(&guest_store, FRONTEND "/state", 2, &v),
		EINVAL);
	GUEST_ASK(XS_WRITE, 0, FRONTEND "/state\0" "99999999999999999999999");
	assert_int_equal(
		store_get_number(&guest_store, FRONTEND "/state", ~0ull, &v),
		EINVAL);
	GUEST_ASK(XS_WRITE, 0, FRONTEND "/state\0" "-1");
	assert_int_equal(
		store_get_number(&guest_store, FRONTEND "/state", 6, &v),
		EINVAL);
	GUEST_ASK(XS_WRITE, 0, FRONTEND "/state\0");
	assert_int_equal(
		store_get_number(&guest_store, FRONTEND "/state", 6, &v),
		EINVAL);
	GUEST_ASK(XS_WRITE, 0, FRONTEND "/x\0" "a\0b");
	assert_int_equal(store_get(&guest_store, FRONTEND "/x", b, 4), EINVAL);
	assert_int_equal(store_get(&guest_store, FRONTEND "/x", b, 3), E2BIG);
	assert_int_equal(store_get(&guest_store, FRONTEND "/y", b, 3), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUEST_TEST(test_debian),
		GUEST_TEST(test_permissions),
		GUEST_TEST(test_bad_paths),
		GUEST_TEST(test_watches),
		GUEST_TEST(test_transactions),
		GUEST_TEST(test_hypervisor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
