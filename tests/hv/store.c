/* Our own backend runs while we kick it; for Xen's we have to wait. */
#include "tests/hv/store.h"

#include <string.h>

struct xenstore_domain_interface *store_ring;
unsigned store_events, store_patience;

static char reply[XENSTORE_PAYLOAD_MAX + 1];

void store_start(void)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;

	store_ring = (void *)(image + m2p[si->store_mfn] * PAGE);
}

void store_kick(void)
{
	struct evtchn_send s = { si->store_evtchn };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&s), 0, 0);
}

size_t store_push(const void *data, size_t len)
{
	struct xenstore_domain_interface *r = store_ring;
	const char *from = data;
	size_t n;

	for (n = 0; n < len && r->req_prod - r->req_cons < 1024; n++)
		r->req[r->req_prod++ & 1023] = from[n];
	return n;
}

static void kick(unsigned i)
{
	store_kick();
	if (store_patience && i > 10)
		rest();
}

static bool push(const void *data, size_t len)
{
	const char *from = data;

	for (unsigned i = 0; i < 1000 + store_patience && len; i++) {
		size_t n = store_push(from, len);

		from += n;
		len -= n;
		kick(i);
	}
	return !len;
}

static bool pull(void *data, size_t len)
{
	struct xenstore_domain_interface *r = store_ring;
	volatile uint32_t *prod = &r->rsp_prod;
	char *to = data;

	for (unsigned i = 0; i < 1000 + store_patience && len; i++) {
		for (; len && *prod != r->rsp_cons; len--)
			*to++ = r->rsp[r->rsp_cons++ & 1023];
		if (len)
			kick(i);
	}
	return !len;
}

const char *store_ask(unsigned type, const void *data, size_t len)
{
	struct xsd_sockmsg m = { type, 7, 0, (uint32_t)len };

	if (!push(&m, sizeof(m)) || !push(data, len))
		return NULL;
	for (;;) {
		if (!pull(&m, sizeof(m)) || m.len > XENSTORE_PAYLOAD_MAX ||
		    !pull(reply, m.len))
			return NULL;
		reply[m.len] = 0;
		if (m.type != XS_WATCH_EVENT)
			return reply;
		store_events++;
	}
}

const char *store_read(const char *path)
{
	return store_ask(XS_READ, path, strlen(path) + 1);
}

bool store_write(const char *path, const char *value)
{
	char data[512];
	size_t n = strlen(path) + 1, len = strlen(value);
	const char *r;

	memcpy(data, path, n);
	memcpy(data + n, value, len);
	r = store_ask(XS_WRITE, data, n + len);
	return r && !strcmp(r, "OK");
}
