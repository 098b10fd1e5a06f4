/*
 * The xenstore as the hypervisor uses it, and the ring that the guest uses.
 * The ring page is the guest's memory and may change at any moment: indices
 * are read once and checked, bytes are copied before they are looked at.
 */
#include "pvboot/hv/store/store.h"

#include <string.h>

#include "loader/base/number.h"
#include "pvboot/hv/store/store_msg.h"
#include "pvboot/hv/store/store_tx.h"
#include "pvboot/hv/store/store_watch.h"

void store_init(struct store *s, uint16_t guest)
{
	memset(s, 0, sizeof(*s));
	s->guest = guest;
	s->root = tree_init(&s->pool);
}

int store_set(struct store *s, const char *path, const char *value)
{
	int err = tree_write(&s->pool, &s->root, 0, path, value, strlen(value));

	if (!err)
		store_watch_fire(s, path, false);
	return err;
}

int store_mkdir(struct store *s, const char *path)
{
	bool made;
	int err = tree_mkdir(&s->pool, &s->root, 0, path, &made);

	if (!err && made)
		store_watch_fire(s, path, false);
	return err;
}

int store_remove(struct store *s, const char *path)
{
	int err = tree_remove(&s->pool, &s->root, 0, path);

	if (!err)
		store_watch_fire(s, path, true);
	return err;
}

int store_give(struct store *s, const char *path)
{
	struct store_perm perm = { s->guest, STORE_NONE };
	int err = tree_set_perms(&s->pool, &s->root, 0, path, &perm, 1);

	if (!err)
		store_watch_fire(s, path, false);
	return err;
}

int store_get(struct store *s, const char *path, char *buf, size_t size)
{
	uint32_t node = tree_find(&s->pool, s->root, path);
	struct store_node *n = &s->pool.node[node];

	buf[0] = 0;
	if (!node)
		return ENOENT;
	if (n->value_len >= size)
		return E2BIG;
	chain_read(&s->pool, n->value, n->value_len, buf);
	buf[n->value_len] = 0;
	if (strlen(buf) != n->value_len) {
		buf[0] = 0;
		return EINVAL;
	}
	return 0;
}

int store_get_number(struct store *s, const char *path, uint64_t max,
		     uint64_t *value)
{
	char text[24];
	int err = store_get(s, path, text, sizeof(text));

	if (err)
		return err == E2BIG ? EINVAL : err;
	return number_whole(text, max, value) ? EINVAL : 0;
}

static uint32_t ring_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void ring_store(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static void ring_broken(struct store *s, struct xenstore_domain_interface *ring,
			uint32_t why)
{
	s->broken = true;
	ring_store(&ring->error, why);
}

/* Up to N bytes from the request ring; how many there were. */
static size_t ring_get(struct store *s, struct xenstore_domain_interface *ring,
		       uint8_t *to, size_t n)
{
	uint32_t cons = ring_load(&ring->req_cons);
	uint32_t have = ring_load(&ring->req_prod) - cons;

	if (have > XENSTORE_RING_SIZE) {
		ring_broken(s, ring, XENSTORE_ERROR_RINGIDX);
		return 0;
	}
	if (n > have)
		n = have;
	s->pool.work += (uint32_t)n / 4;
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)ring->req[MASK_XENSTORE_IDX(cons + i)];
	ring_store(&ring->req_cons, cons + (uint32_t)n);
	return n;
}

static size_t ring_put(struct store *s, struct xenstore_domain_interface *ring,
		       const uint8_t *from, size_t n)
{
	uint32_t prod = ring_load(&ring->rsp_prod);
	uint32_t used = prod - ring_load(&ring->rsp_cons);

	if (used > XENSTORE_RING_SIZE) {
		ring_broken(s, ring, XENSTORE_ERROR_RINGIDX);
		return 0;
	}
	if (n > XENSTORE_RING_SIZE - used)
		n = XENSTORE_RING_SIZE - used;
	s->pool.work += (uint32_t)n / 4;
	for (size_t i = 0; i < n; i++)
		ring->rsp[MASK_XENSTORE_IDX(prod + i)] = (char)from[i];
	ring_store(&ring->rsp_prod, prod + (uint32_t)n);
	return n;
}

/* Send what S->out still holds; true when bytes went. */
static bool send(struct store *s, struct xenstore_domain_interface *ring)
{
	size_t n = ring_put(s, ring, (uint8_t *)&s->out + s->n_out,
			    s->out_len - s->n_out);

	s->n_out += n;
	return n;
}

/* Receive more of S->in; true when bytes came. */
static bool receive(struct store *s, struct xenstore_domain_interface *ring)
{
	size_t want = sizeof(s->in.head) - s->n_in, n;

	if (s->n_in >= sizeof(s->in.head))
		want = sizeof(s->in.head) + s->in.head.len - s->n_in;
	n = ring_get(s, ring, (uint8_t *)&s->in + s->n_in, want);
	s->n_in += n;
	if (s->n_in == sizeof(s->in.head) &&
	    s->in.head.len > XENSTORE_PAYLOAD_MAX)
		ring_broken(s, ring, XENSTORE_ERROR_PROTO);
	return n;
}

static bool request_whole(const struct store *s)
{
	return s->n_in >= sizeof(s->in.head) &&
		s->n_in == sizeof(s->in.head) + s->in.head.len;
}

/* Paths and values are gone through byte by byte. */
static void answer(struct store *s)
{
	s->pool.work += 8 + s->in.head.len / 8;
	store_msg_answer(s);
	s->n_in = 0;
}

/*
 * No request is taken while a reply or an event waits for room, so a guest
 * that does not read its replies can only fill its own ring.
 */
bool store_run(struct store *s, struct xenstore_domain_interface *ring)
{
	const uint32_t start = s->pool.work;
	bool notify = false, moved = true;

	while (moved && !s->broken && s->pool.work - start < STORE_WORK) {
		s->pool.work++;
		if (store_tx_tell(s)) {
			continue;
		} else if (s->n_out < s->out_len) {
			moved = send(s, ring);
		} else if (store_watch_event(s)) {
			continue;
		} else if (request_whole(s)) {
			answer(s);
			continue;
		} else {
			moved = receive(s, ring);
		}
		notify |= moved;
	}
	s->more = moved && !s->broken;
	return notify;
}
