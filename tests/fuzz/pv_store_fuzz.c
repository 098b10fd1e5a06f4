/*
 * The PV loader's xenstore client: the input is what a store does, in steps of
 * an operation, a value and some bytes.  Every call ends in bounded time and
 * gives no more than it was given room for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>

#include "pvboot/guest/store.h"
#include "tests/pvguest.h"

static struct xenstore_domain_interface ring;
static const uint8_t *input;
static size_t left;
static uint32_t id;

static void push(const void *data, size_t len)
{
	const uint8_t *from = data;

	while (len--)
		ring.rsp[MASK_XENSTORE_IDX(ring.rsp_prod++)] = (char)*from++;
}

/* A whole message, with SAID as its length, in answer to the next request. */
static void message(uint32_t type, uint32_t said, const uint8_t *data,
		    size_t len)
{
	struct xsd_sockmsg h = { type, id++, 0, said };

	push(&h, sizeof(h));
	push(data, len);
}

static void step(uint8_t op, uint8_t v, const uint8_t *data, size_t len)
{
	static const uint32_t types[] = { XS_READ, XS_DIRECTORY, XS_WRITE,
		XS_ERROR, XS_WATCH_EVENT, XS_RM };

	switch (op % 8) {
	case 0:
	case 1:
		message(types[op / 8 % 6], (uint32_t)len, data, len);
		break;
	case 2:
		message(types[op / 8 % 6], v * 97u, data, len);
		break;
	case 3:
		push(data, len);
		break;
	case 4:
		ring.rsp_prod += (uint32_t)(int8_t)v;
		break;
	case 5:
		ring.req_cons += (uint32_t)(int8_t)v;
		break;
	case 6:
		ring.req_cons = ring.req_prod;
		break;
	case 7:
		id += (uint32_t)(int8_t)v;
		break;
	}
	fakexen.pending = true;
}

static void store(void)
{
	size_t len;

	fakexen.now++;
	if (left < 2)
		return;
	len = input[1] % 32u < left - 2 ? input[1] % 32u : left - 2;
	step(input[0], input[1], input + 2, len);
	input += 2 + len;
	left -= 2 + len;
}

static void check(int n, const char *buf, size_t size)
{
	if (n < -1 || n >= (int)size || (n >= 0 && buf[n]))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_node node[] = { { "b" }, { "c" }, { "d" } };
	char *small = malloc(8), *large = malloc(4097);

	input = data;
	left = size;
	id = 1;
	fake_reset(store);
	memset(&ring, 0, sizeof(ring));
	ring.rsp_prod = ring.rsp_cons = ring.req_prod = ring.req_cons =
		UINT32_MAX - 700;
	store_init(&ring);
	for (unsigned i = 0; i < 20; i++) {
		check(store_read("a/b", small, 8), small, 8);
		check(store_list("a", large, 4097), large, 4097);
		store_number("a", "b", 1);
		store_watch("a", "b");
		store_read_all("a", node, 3);
		for (unsigned k = 0; k < 3; k++)
			check(node[k].len, node[k].text, sizeof(node[k].text));
		store_wait(store_events(), fakexen.now + 300);
		store_unwatch("a", "b");
		store_write_number("a", "b", i);
		store_remove("a", "c");
		if (store_flush() > 0)
			abort();
	}
	/* Every call has its patience, and all but the first failure none. */
	if (fakexen.now > 40000 + 160 * 32000)
		abort();
	free(small);
	free(large);
	return 0;
}
