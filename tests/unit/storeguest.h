/* The built-in xenstore as a guest uses it: through its ring. */
#ifndef TESTS_UNIT_STOREGUEST_H
#define TESTS_UNIT_STOREGUEST_H

#include "tests/unit/unit.h"

#include "pvboot/hv/store/store.h"

#define BACKEND "/local/domain/0/backend/vbd/1/51712"
#define FRONTEND "/local/domain/1/device/vbd/51712"

extern struct store guest_store;
extern struct xenstore_domain_interface guest_ring;

/* The last message from the store. */
extern struct guest_message {
	struct xsd_sockmsg head;
	char data[XENSTORE_PAYLOAD_MAX + 1];
} guest_got;

/* A fresh store for domain 1 with one disk; at the end it is audited. */
int guest_setup(void **state);
int guest_teardown(void **state);

#define GUEST_TEST(test) \
	cmocka_unit_test_setup_teardown(test, guest_setup, guest_teardown)

void guest_push(const void *data, size_t n);
/* The next message; false when there is none. */
bool guest_next(void);
void guest_request(uint32_t type, uint32_t tx, const char *data, size_t len);
/* Ask, and return the reply's payload, for an error its name. */
const char *guest_ask(uint32_t type, uint32_t tx, const char *data, size_t len);
#define GUEST_ASK(type, tx, literal) \
	guest_ask(type, tx, literal, sizeof(literal) - 1)
void guest_expect_event(const char *path, const char *token);
uint32_t guest_tx_start(void);
const char *guest_tx_end(uint32_t id);

/* It is answered so. */
#define GUEST_SAYS(want, ...) \
	assert_string_equal(GUEST_ASK(__VA_ARGS__), want)

#endif
