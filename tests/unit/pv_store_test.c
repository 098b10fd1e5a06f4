/*
 * The PV loader's xenstore client against a store that answers in pieces, and
 * then against one that breaks the protocol, each time in one way: an error,
 * never a hang, never a byte outside a buffer.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <xen/io/xs_wire.h>

#include "pvboot/guest/store.h"
#include "tests/pvguest.h"

static struct xenstore_domain_interface ring;

static struct fakestore {
	size_t piece;			/* bytes moved at a time */
	char in[8192], out[65536];	/* taken and not parsed; to be sent */
	size_t n_in, n_out;
	const char *value;		/* what every node has */
	size_t value_len;
	unsigned requests, events;	/* events before each reply */
	char log[4096];			/* "W path value;" ... */
	/* Misdeeds. */
	unsigned refuse;		/* the Nth request: EACCES */
	bool silent, deaf, wrong_type, endless_events, endless_replies;
	unsigned stale; /* replies to nobody before each reply */
	uint32_t len;			/* in a reply's header */
	uint32_t rsp_skew, req_skew;	/* added to the indices */
} fs;

static void say(uint32_t type, uint32_t id, const void *data, size_t len)
{
	struct xsd_sockmsg h = { type, id, 0, fs.len ? fs.len : (uint32_t)len };

	assert_true(fs.n_out + sizeof(h) + len <= sizeof(fs.out));
	memcpy(fs.out + fs.n_out, &h, sizeof(h));
	memcpy(fs.out + fs.n_out + sizeof(h), data, len);
	fs.n_out += sizeof(h) + len;
}

static void answer(const struct xsd_sockmsg *h, const char *data)
{
	size_t n = strlen(fs.log);

	snprintf(fs.log + n, sizeof(fs.log) - n, "%u %s %.*s;", h->type, data,
		 (int)(h->len - strlen(data) - 1), data + strlen(data) + 1);
	for (unsigned i = 0; i < fs.events; i++)
		say(XS_WATCH_EVENT, 0, "device\0token", 13);
	for (unsigned i = 0; i < fs.stale; i++)
		say(XS_READ, h->req_id + 77, "old", 3);
	if (++fs.requests == fs.refuse)
		say(XS_ERROR, h->req_id, "EACCES", 7);
	else if (h->type == XS_READ || h->type == XS_DIRECTORY)
		say(fs.wrong_type ? XS_MKDIR : h->type, h->req_id, fs.value,
		    fs.value_len);
	else
		say(h->type, h->req_id, "OK", 3);
}

static void parse(void)
{
	struct xsd_sockmsg h;

	while (fs.n_in >= sizeof(h)) {
		memcpy(&h, fs.in, sizeof(h));
		assert_true(h.len <= XENSTORE_PAYLOAD_MAX);
		if (fs.n_in < sizeof(h) + h.len)
			return;
		assert_non_null(memchr(fs.in + sizeof(h), 0, h.len));
		answer(&h, fs.in + sizeof(h));
		fs.n_in -= sizeof(h) + h.len;
		memmove(fs.in, fs.in + sizeof(h) + h.len, fs.n_in);
	}
}

static void run_store(void)
{
	fakexen.now += 2;
	if (fs.silent)
		return;
	/* Who does not read the replies is not listened to. */
	for (size_t i = 0; !fs.n_out && i < fs.piece &&
	     ring.req_cons != ring.req_prod; i++)
		fs.in[fs.n_in++] = ring.req[MASK_XENSTORE_IDX(ring.req_cons++)];
	if (fs.deaf)
		fs.n_in = 0;
	parse();
	if (fs.endless_events && fs.n_out < 1000)
		say(XS_WATCH_EVENT, 0, "device\0token", 13);
	if (fs.endless_replies && fs.n_out < 1000)
		say(XS_READ, 0xffff, "?", 1);
	for (size_t i = 0; i < fs.piece && fs.n_out; i++) {
		if (ring.rsp_prod - ring.rsp_cons == XENSTORE_RING_SIZE)
			break;
		ring.rsp[MASK_XENSTORE_IDX(ring.rsp_prod++)] = fs.out[0];
		memmove(fs.out, fs.out + 1, --fs.n_out);
	}
	ring.rsp_prod += fs.rsp_skew;
	ring.req_cons += fs.req_skew;
	fakexen.pending = true;
}

/* A loader that has just begun; both rings stand at index AT. */
static void start(uint32_t at, size_t piece, const char *value, size_t len)
{
	fake_reset(run_store);
	memset(&ring, 0, sizeof(ring));
	memset(&fs, 0, sizeof(fs));
	ring.req_cons = ring.req_prod = ring.rsp_cons = ring.rsp_prod = at;
	fs.piece = piece;
	fs.value = value;
	fs.value_len = len;
	store_init(&ring);
}

static void start_plain(void)
{
	start(0, 4096, "42", 2);
}

/* Every ring index is where the next kernel expects it. */
static void check_empty(void)
{
	run_store();
	assert_int_equal(ring.req_cons, ring.req_prod);
	assert_int_equal(ring.rsp_cons, ring.rsp_prod);
	assert_int_equal(fs.n_in + fs.n_out, 0);
}

static void test_pieces(void **state)
{
	static const size_t piece[] = { 1, 7, 16, 1023, 1024, 4096 };
	static char value[4096], got[4096 + 1];

	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (char)(i * 7 + i / 256);
	for (unsigned i = 0; i < sizeof(piece) / sizeof(piece[0]); i++) {
		start(UINT32_MAX - 500, piece[i], value, sizeof(value));
		fs.events = i & 1;
		assert_int_equal(store_read("a", got, sizeof(got)), 4096);
		assert_memory_equal(got, value, 4096);
		assert_int_equal(store_list("b", got, sizeof(got)), 4096);
		fs.value_len = 0;
		assert_int_equal(store_read("c", got, sizeof(got)), 0);
		assert_int_equal(got[0], 0);
		check_empty();
		assert_string_equal(fs.log, "2 a ;1 b ;2 c ;");
	}
}

/* Larger than the buffer: an error, and the next answer is in step. */
static void test_too_large(void **state)
{
	static char value[4096];
	char got[32];

	memset(value, 'x', sizeof(value));
	start(5, 1024, value, sizeof(value));
	memset(got, '#', sizeof(got));
	for (size_t len = 16; len < 4097; len += 1020) {
		fs.value_len = len;
		assert_int_equal(store_read("a", got, 16), -1);
	}
	for (unsigned i = 0; i < sizeof(got); i++)
		assert_int_equal(got[i], '#');
	fs.value_len = 15;
	assert_int_equal(store_read("a", got, 16), 15);
	assert_int_equal(got[16], '#');
	check_empty();
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} n[] = {
		{ "0", 0 }, { "4", 4 }, { "007", 7 }, { "", 99 }, { "-1", 99 },
		{ "4x", 99 }, { " 4", 99 }, { "0x4", 99 },
		{ "18446744073709551615", UINT64_MAX },
		{ "18446744073709551616", 99 }, { "99999999999999999999", 99 },
		{ "184467440737095516150", 99 },
		{ "000000000000000000000000000000000001", 99 },
	};

	for (unsigned i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		start(0, 4096, n[i].text, strlen(n[i].text));
		assert_int_equal(store_number("dir", "node", 99), n[i].want);
		assert_string_equal(fs.log, "2 dir/node ;");
	}
}

static void test_writes(void **state)
{
	char name[16];

	start_plain();
	store_write("d", "a", "text");
	store_write_number("d", "b", 1234567890123);
	store_remove("d", "c");
	assert_int_equal(store_number("d", "x", 0), 42);
	assert_string_equal(fs.log, "11 d/a text;11 d/b 1234567890123;"
			    "13 d/c ;2 d/x ;");
	assert_int_equal(store_flush(), 0);
	for (size_t piece = 3; piece < 5000; piece *= 11) {
		start(UINT32_MAX - 999, piece, NULL, 0);
		for (unsigned i = 0; i < 200; i++) {
			snprintf(name, sizeof(name), "n%u", i);
			store_write_number("device/vbd/51712/a-long-name", name,
					   i);
		}
		assert_int_equal(store_flush(), 0);
		assert_int_equal(fs.requests, 200);
		check_empty();
	}
}

/* Several nodes at once: one event, the answers in their places. */
static void test_read_all(void **state)
{
	struct store_node n[] = { { "a" }, { "b" }, { "c" } };

	for (unsigned refused = 0; refused <= 5; refused++) {
		start(UINT32_MAX - 20, 1024, "42", 2);
		fs.events = refused & 1;
		fs.refuse = refused;
		store_write("d", "w", "x");
		store_read_all("d", n, 3);
		assert_string_equal(fs.log, "11 d/w x;2 d/a ;2 d/b ;2 d/c ;");
		for (unsigned i = 0; i < 3; i++) {
			assert_int_equal(n[i].len, refused == i + 2 ? -1 : 2);
			assert_int_equal(store_node_number(&n[i], 7),
					 refused == i + 2 ? 7 : 42);
		}
		assert_int_equal(store_flush(), refused == 1 ? -1 : 0);
		check_empty();
	}
}

/* Every event is counted, whenever it comes; none is waited for for ever. */
static void test_watch(void **state)
{
	unsigned seen;
	uint64_t since;

	start_plain();
	seen = store_events();
	store_watch("d", "state");
	store_wait(seen, 500);
	assert_int_equal(store_events(), seen);
	assert_in_range(fakexen.now, 500, 700);
	say(XS_WATCH_EVENT, 0, "d/state\0pvboot", 15);
	store_wait(seen, 10000);
	assert_int_equal(store_events(), seen + 1);
	assert_in_range(fakexen.now, 500, 1000);
	fs.events = 2;
	assert_int_equal(store_number("d", "state", 0), 42);
	fs.events = 0;
	since = fakexen.now;
	store_wait(seen + 1, since + 5000);
	assert_int_equal(store_events(), seen + 3);
	assert_int_equal(fakexen.now, since);
	store_write("d", "a", "text");
	store_unwatch("d", "state");
	store_wait(seen + 3, since + 200);
	assert_int_equal(store_flush(), 0);
	check_empty();
	assert_int_equal(fs.requests, 4);
	fs.silent = true;
	store_number("d", "state", 0);
	since = fakexen.now;
	store_wait(store_events(), since + 5000);
	assert_int_equal(fakexen.now, since);
}

/* Which of many writes is refused makes no difference, and it is told once. */
static void test_refused(void **state)
{
	for (unsigned nth = 1; nth <= 70; nth++) {
		start_plain();
		fs.refuse = nth;
		for (unsigned i = 0; i < 70; i++)
			store_write_number("d", "n", i);
		assert_int_equal(store_flush(), -1);
		assert_int_equal(store_flush(), 0);
		check_empty();
	}
	start_plain();
	fs.refuse = 1;
	assert_int_equal(store_number("d", "n", 7), 7);
	assert_int_equal(store_number("d", "n", 7), 42);
	assert_int_equal(store_flush(), 0);
}

static void test_leftovers(void **state)
{
	start(UINT32_MAX - 3, 4096, "42", 2);
	say(XS_READ, 1, "left by another loader", 22);
	run_store();
	store_init(&ring);
	assert_int_equal(store_number("d", "n", 7), 42);
	check_empty();
}

/* Replies that nobody waits for are passed over. */
static void test_stale(void **state)
{
	start_plain();
	fs.stale = 3;
	fs.events = 2;
	store_write("d", "a", "text");
	assert_int_equal(store_number("d", "n", 7), 42);
	assert_int_equal(store_flush(), 0);
	fs.wrong_type = true;
	assert_int_equal(store_number("d", "n", 7), 7);
	fs.wrong_type = false;
	assert_int_equal(store_number("d", "n", 7), 42);
	check_empty();
}

/* A request fails within MS; all later ones at once, and change nothing. */
static void is_broken(uint64_t ms)
{
	struct xenstore_domain_interface before;
	uint64_t since = fakexen.now;
	char got[64];

	assert_int_equal(store_read("a", got, sizeof(got)), -1);
	assert_in_range(fakexen.now - since, 0, ms);
	since = fakexen.now;
	before = ring;
	assert_int_equal(store_number("d", "n", 7), 7);
	assert_int_equal(store_list("d", got, sizeof(got)), -1);
	store_write("d", "n", "v");
	assert_int_equal(store_flush(), -1);
	assert_int_equal(fakexen.now, since);
	assert_memory_equal(&ring, &before, sizeof(ring));
}

static void test_long_message(void **state)
{
	static const uint32_t len[] = { 4097, 1u << 31, UINT32_MAX };

	for (unsigned i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		start_plain();
		fs.len = len[i];
		is_broken(100);
	}
}

static void test_indices(void **state)
{
	static const uint32_t skew[] = { 1025, 1u << 31, UINT32_MAX - 9999 };
	char got[64];

	for (unsigned i = 0; i < sizeof(skew) / sizeof(skew[0]); i++) {
		start_plain();
		fs.rsp_skew = skew[i];
		is_broken(100);
		/* seen only when the next request is sent */
		start_plain();
		fs.req_skew = skew[i];
		store_read("a", got, sizeof(got));
		is_broken(100);
	}
	/* A little behind or ahead: what comes is not what was said. */
	start_plain();
	fs.rsp_skew = UINT32_MAX;
	is_broken(31000);
	start_plain();
	fs.req_skew = 1;
	store_read("a", got, sizeof(got));
	is_broken(31000);
}

static void test_silence(void **state)
{
	start_plain();
	fs.silent = true;
	is_broken(31000);
	/* With the request ring full, too. */
	start_plain();
	fs.silent = true;
	for (unsigned i = 0; i < 100; i++)
		store_write("device/vbd/51712", "ring-ref", "123456");
	assert_true(fakexen.now > 29000 && fakexen.now < 31000);
	assert_int_equal(store_flush(), -1);
	is_broken(0);
}

/* Something always comes, but never what was asked for. */
static void test_endless(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		start_plain();
		fs.deaf = true;
		fs.endless_events = i;
		fs.endless_replies = !i;
		is_broken(31000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_read_all),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_leftovers),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_long_message),
		cmocka_unit_test(test_indices),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
