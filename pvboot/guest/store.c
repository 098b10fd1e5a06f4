/*
 * The xenstore client (xen/io/xs_wire.h).  Changes are sent without waiting;
 * their replies are taken before that of the next read.  Every event and every
 * message takes the other end several changes of address space, so one event
 * tells of all that we have put into the ring, and what is wanted at the same
 * time is asked for together.  At the end the ring is empty, as the next kernel
 * expects it.  After a silence or a broken ring nothing more is asked: where
 * the next message begins is not known.
 */
#include "pvboot/guest/store.h"

#include <string.h>

#include <xen/io/xs_wire.h>

#include "loader/base/fmt.h"
#include "loader/base/number.h"
#include "pvboot/guest/guest.h"

#define MAX_POSTED 32u		/* their replies all fit into the ring */
#define PATIENCE 30000u		/* ms for an answer, then it is given up */
#define MAX_DIGITS 20		/* of a 64-bit number */
#define TOKEN "pvboot"		/* of our watches */

static struct xenstore_domain_interface *ring;
static evtchn_port_t port;
static uint32_t next_id;
static unsigned posted;		/* requests whose reply nobody has taken */
static bool post_failed;
static bool broken;		/* for good */
static bool untold;		/* the ring has changed, no event was sent */
static unsigned events;		/* of watches, so far */
static uint64_t end;		/* of our patience, in clock_ms() */

static int give_up(void)
{
	broken = true;
	return -1;
}

void store_send(void)
{
	if (untold)
		event_send(port);
	untold = false;
}

/* False: *INDEX is still OLD at UNTIL. */
static bool changes(const XENSTORE_RING_IDX *index, uint32_t old,
		    uint64_t until)
{
	while (__atomic_load_n(index, __ATOMIC_ACQUIRE) == old) {
		uint64_t now;

		store_send();
		event_take(port);
		if (__atomic_load_n(index, __ATOMIC_ACQUIRE) != old)
			break;
		now = clock_ms();
		if (now > until)
			return false;
		event_wait(port, until - now < 100 ?
			   (unsigned)(until - now) + 1 : 100);
	}
	return true;
}

static int wait_for(const XENSTORE_RING_IDX *index, uint32_t old)
{
	return changes(index, old, end) ? 0 : give_up();
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
		untold = true;
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
		__atomic_store_n(&ring->rsp_cons, cons + n, __ATOMIC_SEQ_CST);
		len -= n;
		/* Only who has found the ring full waits for room. */
		if (__atomic_load_n(&ring->rsp_prod, __ATOMIC_SEQ_CST) - cons >=
		    XENSTORE_RING_SIZE)
			untold = true;
	}
	return 0;
}

/* The next message: its header; the payload is to come. */
static int next_message(struct xsd_sockmsg *h)
{
	if (broken || receive(h, sizeof(*h)))
		return -1;
	if (h->len > XENSTORE_PAYLOAD_MAX || clock_ms() > end)
		return give_up();
	return 0;
}

/* Message H is an event, or the reply to a posted request. */
static int take_other(const struct xsd_sockmsg *h)
{
	if (h->type == XS_WATCH_EVENT)
		events++;
	else if (posted)
		posted--;
	if (h->type == XS_ERROR)
		post_failed = true;
	return receive(NULL, h->len);
}

/* Take what comes until the reply to ID is next (0: all posted replies). */
static int take_posted(uint32_t id, struct xsd_sockmsg *h)
{
	while (posted || id) {
		if (next_message(h))
			return -1;
		if (id && h->req_id == id && h->type != XS_WATCH_EVENT)
			return 0;
		if (take_other(h))
			return -1;
	}
	return 0;
}

/* TYPE with PATH, then LEN bytes at VALUE. */
static int post(uint32_t type, const char *path, const char *value, size_t len)
{
	size_t path_len = strlen(path) + 1;
	struct xsd_sockmsg h = { type, ++next_id, 0,
				 (uint32_t)(path_len + len) };

	end = clock_ms() + PATIENCE;
	if (broken || send(&h, sizeof(h)) || send(path, path_len) ||
	    send(value, len))
		return -1;
	return 0;
}

/* The reply to request ID, of TYPE, into BUF; its length, or -1. */
static int answer(uint32_t id, uint32_t type, char *buf, size_t size)
{
	struct xsd_sockmsg h;
	bool fits;

	if (take_posted(id, &h))
		return -1;
	fits = h.type == type && h.len < size;
	if (receive(fits ? buf : NULL, h.len) || !fits)
		return -1;
	buf[h.len] = 0;
	return (int)h.len;
}

/* Send one whose reply is only looked at by store_flush(). */
static void post_later(uint32_t type, const char *path, const char *value,
		       size_t len)
{
	if (posted == MAX_POSTED)
		post_failed |= store_flush() < 0;
	if (post(type, path, value, len))
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
	broken = post_failed = untold = false;
	/* what an earlier loader did not take */
	__atomic_store_n(&ring->rsp_cons, ring->rsp_prod, __ATOMIC_RELEASE);
}

unsigned store_events(void)
{
	return events;
}

void store_wait(unsigned seen, uint64_t until)
{
	struct xsd_sockmsg h;

	while (events == seen && !broken) {
		if (!changes(&ring->rsp_prod, ring->rsp_cons, until))
			return;
		end = clock_ms() + PATIENCE;
		if (next_message(&h) || take_other(&h))
			return;
	}
}

int store_read(const char *path, char *buf, size_t size)
{
	return post(XS_READ, path, NULL, 0) ? -1 :
		answer(next_id, XS_READ, buf, size);
}

int store_list(const char *path, char *buf, size_t size)
{
	return post(XS_DIRECTORY, path, NULL, 0) ? -1 :
		answer(next_id, XS_DIRECTORY, buf, size);
}

static const char *join(const char *dir, const char *name)
{
	static char path[256];

	fmt(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

void store_read_all(const char *dir, struct store_node *node, unsigned n)
{
	uint32_t first = next_id + 1;

	for (unsigned i = 0; i < n; i++)
		post(XS_READ, join(dir, node[i].name), NULL, 0);
	for (unsigned i = 0; i < n; i++)
		node[i].len = answer(first + i, XS_READ, node[i].text,
				     sizeof(node[i].text));
}

uint64_t store_node_number(const struct store_node *node, uint64_t missing)
{
	const char *s = node->text, *stop = s + node->len;
	uint64_t v;

	if (node->len <= 0 || node->len > MAX_DIGITS ||
	    number_take(&s, stop, 10, UINT64_MAX, &v) || s != stop)
		return missing;
	return v;
}

uint64_t store_number(const char *dir, const char *name, uint64_t missing)
{
	struct store_node node = { .name = name };

	store_read_all(dir, &node, 1);
	return store_node_number(&node, missing);
}

void store_write(const char *dir, const char *name, const char *value)
{
	post_later(XS_WRITE, join(dir, name), value, strlen(value));
}

void store_write_number(const char *dir, const char *name, uint64_t value)
{
	char text[24];

	fmt(text, sizeof(text), "%lu", value);
	store_write(dir, name, text);
}

void store_remove(const char *dir, const char *name)
{
	post_later(XS_RM, join(dir, name), NULL, 0);
}

void store_watch(const char *dir, const char *name)
{
	post_later(XS_WATCH, join(dir, name), TOKEN, sizeof(TOKEN));
}

void store_unwatch(const char *dir, const char *name)
{
	post_later(XS_UNWATCH, join(dir, name), TOKEN, sizeof(TOKEN));
}
