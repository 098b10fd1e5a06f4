/*
 * A hostile guest on the xenstore ring.  The input is a list of steps: raw
 * bytes for the request ring, well-formed requests from a few words, bytes
 * taken from the reply ring, changes by the hypervisor, and index writes.
 */
#include <stdint.h>
#include <stdio.h>

#include "loader/base/span.h"
#include "pvboot/hv/store/store.h"
#include "tests/store_audit.h"

static struct store store;
static struct xenstore_domain_interface ring;

static const char *const words[] = {
	"data", "data/a", "data/a/b", "data/a/b/c", "control/shutdown",
	"/local/domain/1/data", "/", "device/vbd", "/local", "@x", "data/b",
	"memory", "T", "F", "1", "n1",
};

static void push(const void *data, size_t n)
{
	const uint8_t *from = data;

	for (size_t i = 0; i < n; i++) {
		if (ring.req_prod - ring.req_cons >= 1024)
			store_run(&store, &ring);
		if (ring.req_prod - ring.req_cons >= 1024)
			return;
		ring.req[ring.req_prod++ & 1023] = (char)from[i];
	}
}

/* A request with up to two words and a value of repeated bytes. */
static void push_request(struct span *s, size_t at)
{
	uint8_t how = span_u8(s, at + 2);
	char data[XENSTORE_PAYLOAD_MAX];
	size_t n = 0, more = (size_t)span_u8(s, at + 4) * 9;
	struct xsd_sockmsg m = {
		.type = span_u8(s, at + 1) % (XS_TYPE_COUNT + 1),
		.tx_id = how >> 5,
	};

	n += (size_t)snprintf(data, 64, "%s", words[how & 15]) + 1;
	if (how & 16)
		n += (size_t)snprintf(data + n, 64, "%s",
				      words[span_u8(s, at + 3) & 15]) + 1;
	memset(data + n, 'v', more);
	m.len = (uint32_t)(n + more);
	push(&m, sizeof(m));
	push(data, m.len);
}

static void hypervisor(uint8_t what)
{
	char path[64];

	snprintf(path, sizeof(path), "/local/domain/1/data/h%u", what & 31);
	if (what & 128)
		store_remove(&store, path);
	else if (what & 64)
		store_give(&store, path);
	else
		store_set(&store, path, "value");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = span_of(data, size);
	const char *wrong;

	memset(&ring, 0, sizeof(ring));
	store_init(&store, 1);
	store_set(&store, "/local/domain/1/data", "");
	store_give(&store, "/local/domain/1/data");
	store_set(&store, "/local/domain/1/memory", "1");
	for (size_t at = 0; at < size && at < 4096; at += 5) {
		uint8_t arg = span_u8(&s, at + 1);

		switch (data[at] % 8) {
		case 0:
			push(data + at, size - at < 5 ? size - at : 5);
			break;
		case 1:
			ring.rsp_cons += arg;
			break;
		case 2:
			hypervisor(arg);
			break;
		case 3:
			if (arg == 255)
				ring.req_prod += span_u32(&s, at + 2);
			ring.rsp_cons = ring.rsp_prod;
			break;
		default:
			push_request(&s, at);
		}
		store_run(&store, &ring);
	}
	wrong = store_audit(&store);
	if (wrong) {
		fprintf(stderr, "%s\n", wrong);
		abort();
	}
	return 0;
}
