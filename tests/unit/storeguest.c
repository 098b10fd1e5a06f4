/* The guest's end of the ring, and a store as a guest finds it. */
#include "tests/unit/storeguest.h"

#include <stdlib.h>

#include "tests/store_audit.h"

struct store guest_store;
struct xenstore_domain_interface guest_ring;
struct guest_message guest_got;
static uint32_t guest_last_id;

int guest_setup(void **state)
{
	memset(&guest_ring, 0, sizeof(guest_ring));
	guest_last_id = 0;
	store_init(&guest_store, 1);
	assert_int_equal(store_set(&guest_store, "/local/domain/1/domid", "1"),
			 0);
	store_set(&guest_store, "/local/domain/1/memory/target", "262144");
	store_set(&guest_store, "/local/domain/1/cpu/0/availability", "online");
	store_set(&guest_store, "/local/domain/1/control/shutdown", "");
	store_give(&guest_store, "/local/domain/1/control/shutdown");
	store_mkdir(&guest_store, "/local/domain/1/data");
	store_give(&guest_store, "/local/domain/1/data");
	store_set(&guest_store, FRONTEND "/backend", BACKEND);
	store_set(&guest_store, FRONTEND "/backend-id", "0");
	store_set(&guest_store, FRONTEND "/state", "1");
	store_give(&guest_store, FRONTEND);
	store_give(&guest_store, FRONTEND "/state");
	store_set(&guest_store, BACKEND "/state", "2");
	return 0;
}

int guest_teardown(void **state)
{
	const char *wrong = store_audit(&guest_store);

	if (wrong)
		print_error("%s\n", wrong);
	return wrong != NULL;
}

/* As far as it goes, in however many parts. */
static void guest_run(void)
{
	do
		store_run(&guest_store, &guest_ring);
	while (guest_store.more);
}

void guest_push(const void *data, size_t n)
{
	const char *from = data;

	while (n--) {
		assert_true(guest_ring.req_prod - guest_ring.req_cons < 1024);
		guest_ring.req[guest_ring.req_prod++ & 1023] = *from++;
		if (guest_ring.req_prod - guest_ring.req_cons == 1024)
			guest_run();
	}
}

static size_t guest_pull(void *data, size_t n)
{
	char *to = data;

	for (size_t i = 0; i < n; i++) {
		if (guest_ring.rsp_prod == guest_ring.rsp_cons)
			guest_run();
		if (guest_ring.rsp_prod == guest_ring.rsp_cons)
			return i;
		to[i] = guest_ring.rsp[guest_ring.rsp_cons++ & 1023];
	}
	return n;
}

/* The next message from the guest_store, if there is one. */
bool guest_next(void)
{
	if (!guest_pull(&guest_got.head, sizeof(guest_got.head)))
		return false;
	assert_true(guest_got.head.len <= XENSTORE_PAYLOAD_MAX);
	assert_int_equal(guest_pull(guest_got.data, guest_got.head.len),
			 guest_got.head.len);
	guest_got.data[guest_got.head.len] = 0;
	return true;
}

void guest_request(uint32_t type, uint32_t tx, const char *data, size_t len)
{
	struct xsd_sockmsg m = { type, ++guest_last_id, tx, (uint32_t)len };

	guest_push(&m, sizeof(m));
	guest_push(data, len);
}

/* Ask, and return the reply's payload; "" + error name goes the same way. */
const char *guest_ask(uint32_t type, uint32_t tx, const char *data, size_t len)
{
	guest_request(type, tx, data, len);
	do
		assert_true(guest_next());
	while (guest_got.head.type == XS_WATCH_EVENT);
	assert_int_equal(guest_got.head.req_id, guest_last_id);
	assert_int_equal(guest_got.head.tx_id, tx);
	if (guest_got.head.type != XS_ERROR)
		assert_int_equal(guest_got.head.type, type);
	return guest_got.data;
}

void guest_expect_event(const char *path, const char *token)
{
	assert_true(guest_next());
	assert_int_equal(guest_got.head.type, XS_WATCH_EVENT);
	assert_int_equal(guest_got.head.req_id, 0);
	assert_string_equal(guest_got.data, path);
	assert_string_equal(guest_got.data + strlen(path) + 1, token);
	assert_int_equal(guest_got.head.len, strlen(path) + strlen(token) + 2);
}

uint32_t guest_tx_start(void)
{
	return (uint32_t)strtoul(GUEST_ASK(XS_TRANSACTION_START, 0, "\0"), NULL,
				 10);
}

const char *guest_tx_end(uint32_t id)
{
	return GUEST_ASK(XS_TRANSACTION_END, id, "T\0");
}
