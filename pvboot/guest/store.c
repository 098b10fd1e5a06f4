/*
 * The xenstore client (xen/io/xs_wire.h).  Writes are sent without waiting;
 * their replies are taken before that of the next read.  At the end the ring
 * is empty, as the next kernel expects it.  Events of watches that somebody
 * before us left are dropped.  After a silence or a broken ring nothing more
 * is asked: where the next message begins is not known.
 */
#include "pvboot/guest/store.h"

#include <string.h>

#include <xen/io/xs_wire.h>

#include "loader/base/fmt.h"
#include "pvboot/guest/guest.h"

#define MAX_POSTED 32u		/* their replies all fit into the ring */
#define PATIENCE 30000u		/* ms for an answer, then it is given up */

static struct xenstore_domain_interface *ring;
static evtchn_port_t port;
static uint32_t next_id;
static unsigned posted;		/* requests whose reply nobody has taken */
static bool post_failed;
static bool broken;		/* for good */
static uint64_t end;		/* of our patience, in clock_ms() */

static int give_up(void)
{
	broken = true;
	return -1;
}

static int wait_for(const XENSTORE_RING_IDX *index, uint32_t unlike)
{
	while (__atomic_load_n(index, __ATOMIC_ACQUIRE) == unlike) {
		event_take(port);
		if (__atomic_load_n(index, __ATOMIC_ACQUIRE) != unlike)
			break;
		if (clock_ms() > end)
			return give_up();
		event_wait(port, 0, 100);
	}
	return 0;
}

static int send(const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		uint32_t prod = ring->req_prod, used, at, n;

		if (wait_for(&ring->req_cons, prod - XENSTORE_RING_SIZE))
			return -1;
		used = prod - __atomic_load_n(&ring->req_cons,
					      __ATOMIC_ACQUIRE);
		if (used >= XENSTORE_RING_SIZE)
			return give_up();
		at = MASK_XENSTORE_IDX(prod);
		n = XENSTORE_RING_SIZE - (used > at ? used : at);
		if (n > len)
			n = (uint32_t)len;
		memcpy(ring->req + at, p, n);
		__atomic_store_n(&ring->req_prod, prod + n, __ATOMIC_RELEASE);
		p += n;
		len -= n;
		event_send(port);
	}
	return 0;
}

/* LEN bytes of the reply, to BUF or to nowhere. */
static int receive(void *buf, size_t len)
{
	char *to = buf;

	while (len) {
		uint32_t cons = ring->rsp_cons, n, at;

		if (wait_for(&ring->rsp_prod, cons))
			return -1;
		n = __atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE) - cons;
		at = MASK_XENSTORE_IDX(cons);
		if (!n || n > XENSTORE_RING_SIZE)
			return give_up();
		if (n > XENSTORE_RING_SIZE - at)
			n = XENSTORE_RING_SIZE - at;
		if (n > len)
			n = (uint32_t)len;
		if (to) {
			memcpy(to, ring->rsp + at, n);
			to += n;
		}
		__atomic_store_n(&ring->rsp_cons, cons + n, __ATOMIC_RELEASE);
		len -= n;
		event_send(port);
	}
	return 0;
}

/* The next reply that is not an event: its header; the payload is to come. */
static int next_reply(struct xsd_sockmsg *h)
{
	for (;;) {
		if (receive(h, sizeof(*h)))
			return -1;
		if (h->len > XENSTORE_PAYLOAD_MAX || clock_ms() > end)
			return give_up();
		if (h->type != XS_WATCH_EVENT)
			return 0;
		if (receive(NULL, h->len))
			return -1;
	}
}

/* Take the replies to posted requests until that to ID is next (0: all). */
static int take_posted(uint32_t id, struct xsd_sockmsg *h)
{
	while (posted || id) {
		if (next_reply(h))
			return -1;
		if (id && h->req_id == id)
			return 0;
		if (posted)
			posted--;
		if (h->type == XS_ERROR)
			post_failed = true;
		if (receive(NULL, h->len))
			return -1;
	}
	return 0;
}

/* TYPE with PATH and, if not NULL, VALUE (without its NUL). */
static int post(uint32_t type, const char *path, const char *value)
{
	size_t path_len = strlen(path) + 1;
	size_t value_len = value ? strlen(value) : 0;
	struct xsd_sockmsg h = { type, ++next_id, 0,
				 (uint32_t)(path_len + value_len) };

	end = clock_ms() + PATIENCE;
	if (broken || send(&h, sizeof(h)) || send(path, path_len) ||
	    send(value, value_len))
		return -1;
	return 0;
}

/* Send a request and put its reply into BUF; the length, or -1. */
static int request(uint32_t type, const char *path, char *buf, size_t size)
{
	struct xsd_sockmsg h;
	bool fits;

	if (post(type, path, NULL) || take_posted(next_id, &h))
		return -1;
	fits = h.type == type && h.len < size;
	if (receive(fits ? buf : NULL, h.len) || !fits)
		return -1;
	buf[h.len] = 0;
	return (int)h.len;
}

/* Send one whose reply is only looked at by store_flush(). */
static void post_later(uint32_t type, const char *path, const char *value)
{
	if (posted == MAX_POSTED)
		post_failed |= store_flush() < 0;
	if (post(type, path, value))
		post_failed = true;
	else
		posted++;
}

int store_flush(void)
{
	struct xsd_sockmsg h;
	bool failed;

	end = clock_ms() + PATIENCE;
	failed = broken || take_posted(0, &h) || post_failed;
	post_failed = false;
	return failed ? -1 : 0;
}

void store_init(void *page)
{
	ring = page;
	port = start_info->store_evtchn;
	posted = next_id = 0;
	broken = post_failed = false;
	/* what an earlier loader did not take */
	__atomic_store_n(&ring->rsp_cons, ring->rsp_prod, __ATOMIC_RELEASE);
}

int store_read(const char *path, char *buf, size_t size)
{
	return request(XS_READ, path, buf, size);
}

int store_list(const char *path, char *buf, size_t size)
{
	return request(XS_DIRECTORY, path, buf, size);
}

static const char *join(const char *dir, const char *name)
{
	static char path[256];

	fmt(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

uint64_t store_number(const char *dir, const char *name, uint64_t missing)
{
	char text[24];
	uint64_t v = 0;
	int n = store_read(join(dir, name), text, sizeof(text));

	if (n <= 0)
		return missing;
	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9' ||
		    __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(text[i] - '0'), &v))
			return missing;
	}
	return v;
}

void store_write(const char *dir, const char *name, const char *value)
{
	post_later(XS_WRITE, join(dir, name), value);
}

void store_write_number(const char *dir, const char *name, uint64_t value)
{
	char text[24];

	fmt(text, sizeof(text), "%lu", value);
	store_write(dir, name, text);
}

void store_remove(const char *dir, const char *name)
{
	post_later(XS_RM, join(dir, name), NULL);
}
