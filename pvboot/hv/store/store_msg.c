/*
 * Xenstore's requests, one function each.  A request works on the live tree or
 * on its transaction's version of it; the guest never sees another's version.
 */
#include "pvboot/hv/store/store_msg.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "loader/base/number.h"
#include "pvboot/hv/store/store_path.h"
#include "pvboot/hv/store/store_tx.h"
#include "pvboot/hv/store/store_watch.h"

struct request {
	const char *next;	/* the payload not yet read */
	size_t left;
	struct store_tx *tx;	/* NULL: none */
	uint32_t *root;		/* the version to work on */
	char path[STORE_PATH_MAX];
};

/* The next NUL-terminated string of the payload, or NULL. */
static const char *take_string(struct request *r)
{
	const char *s = r->next, *end = memchr(s, 0, r->left);

	if (!end)
		return NULL;
	r->left -= (size_t)(end + 1 - s);
	r->next = end + 1;
	return s;
}

static int take_path(struct store *s, struct request *r)
{
	const char *raw = take_string(r);

	return raw ? store_path(s, raw, r->path) : EINVAL;
}

static int reply(struct store *s, const void *data, size_t len)
{
	if (len > XENSTORE_PAYLOAD_MAX - s->out.head.len)
		return E2BIG;
	memcpy(s->out.data + s->out.head.len, data, len);
	s->out.head.len += (uint32_t)len;
	return 0;
}

static int reply_ok(struct store *s)
{
	return reply(s, "OK", 3);
}

/* The node at R's path that the guest may read. */
static int readable(struct store *s, struct request *r, struct store_node **n)
{
	int err = take_path(s, r);
	uint32_t node;

	if (err)
		return err;
	node = tree_find(&s->pool, *r->root, r->path);
	if (!node)
		return ENOENT;
	if (!(tree_access(&s->pool, node, s->guest) & STORE_READ))
		return EACCES;
	*n = &s->pool.node[node];
	return 0;
}

/* R's path has changed: tell everyone now, or when the transaction ends. */
static int changed(struct store *s, struct request *r, bool removed)
{
	if (r->tx)
		store_tx_changed(s, r->tx, r->path, removed);
	else
		store_watch_fire(s, r->path, removed);
	return reply_ok(s);
}

static int do_directory(struct store *s, struct request *r)
{
	struct store_node *n;
	struct tree_kids k;
	uint32_t kid;
	int err = readable(s, r, &n);

	if (err)
		return err;
	k = tree_kids(&s->pool, (uint32_t)(n - s->pool.node));
	while (!err && (kid = tree_next_kid(&s->pool, &k)) != 0) {
		const char *name = s->pool.node[kid].name;

		s->pool.work++;
		err = reply(s, name, strlen(name) + 1);
	}
	return err;
}

static int do_read(struct store *s, struct request *r)
{
	struct store_node *n;
	int err = readable(s, r, &n);

	if (err)
		return err;
	chain_read(&s->pool, n->value, n->value_len, s->out.data);
	s->out.head.len = n->value_len;
	return 0;
}

static int do_get_perms(struct store *s, struct request *r)
{
	struct store_node *n;
	char text[16];
	int err = readable(s, r, &n);

	for (uint32_t i = 0; !err && i < n->n_perms; i++) {
		size_t len = fmt(text, sizeof(text), "%c%u",
				 "nrwb"[n->perm[i].access & STORE_RW],
				 n->perm[i].dom);

		err = reply(s, text, len + 1);
	}
	return err;
}

static int do_write(struct store *s, struct request *r)
{
	int err = take_path(s, r);

	if (!err)
		err = store_tx_room(s, r->tx);
	if (!err)
		err = tree_write(&s->pool, r->root, s->guest, r->path, r->next,
				 r->left);
	return err ? err : changed(s, r, false);
}

static int do_mkdir(struct store *s, struct request *r)
{
	bool made = false;
	int err = take_path(s, r);

	if (!err)
		err = store_tx_room(s, r->tx);
	if (!err)
		err = tree_mkdir(&s->pool, r->root, s->guest, r->path, &made);
	if (err)
		return err;
	return made ? changed(s, r, false) : reply_ok(s);
}

/* To remove what is not there is well, if the place where it were is. */
static int remove_missing(struct store *s, struct request *r)
{
	char *slash = strrchr(r->path, '/');

	if (slash > r->path)
		*slash = 0;
	return tree_find(&s->pool, *r->root, r->path) ? reply_ok(s) : ENOENT;
}

static int do_rm(struct store *s, struct request *r)
{
	int err = take_path(s, r);

	if (!err)
		err = store_tx_room(s, r->tx);
	if (!err)
		err = tree_remove(&s->pool, r->root, s->guest, r->path);
	if (err == ENOENT)
		return remove_missing(s, r);
	return err ? err : changed(s, r, true);
}

/* "r5": what domain 5 may do. */
static int parse_perm(const char *text, struct store_perm *perm)
{
	static const char letters[] = "nrwb";
	const char *at = text[0] ? strchr(letters, text[0]) : NULL;
	uint64_t dom;

	if (!at || number_whole(text + 1, UINT16_MAX, &dom))
		return EINVAL;
	perm->dom = (uint16_t)dom;
	perm->access = (uint8_t)(at - letters);
	return 0;
}

static int do_set_perms(struct store *s, struct request *r)
{
	struct store_perm perm[STORE_PERMS_MAX];
	unsigned n = 0;
	int err = take_path(s, r);

	while (!err && r->left) {
		const char *text = take_string(r);

		if (!text || n == STORE_PERMS_MAX)
			return EINVAL;
		err = parse_perm(text, &perm[n++]);
	}
	if (!err)
		err = store_tx_room(s, r->tx);
	if (!err)
		err = tree_set_perms(&s->pool, r->root, s->guest, r->path, perm,
				     n);
	return err ? err : changed(s, r, false);
}

static int do_watch(struct store *s, struct request *r)
{
	const char *path = take_string(r), *token = take_string(r);
	int err = path && token ? store_watch_add(s, path, token) : EINVAL;

	return err ? err : reply_ok(s);
}

static int do_unwatch(struct store *s, struct request *r)
{
	const char *path = take_string(r), *token = take_string(r);
	int err = path && token ? store_watch_remove(s, path, token) : EINVAL;

	return err ? err : reply_ok(s);
}

static int do_reset_watches(struct store *s, struct request *r)
{
	store_watch_reset(s);
	store_tx_reset(s);
	return reply_ok(s);
}

static int do_tx_start(struct store *s, struct request *r)
{
	char text[16];
	uint32_t id;

	if (r->tx)
		return EBUSY;
	id = store_tx_start(s);
	if (!id)
		return ENOSPC;
	return reply(s, text, fmt(text, sizeof(text), "%u", id) + 1);
}

static int do_tx_end(struct store *s, struct request *r)
{
	const char *how = take_string(r);
	int err;

	if (!r->tx)
		return ENOENT;
	if (!how || how[1] || (how[0] != 'T' && how[0] != 'F'))
		return EINVAL;
	err = store_tx_end(s, r->tx, how[0] == 'T');
	return err ? err : reply_ok(s);
}

static int do_domain_path(struct store *s, struct request *r)
{
	const char *dom = take_string(r);
	struct store_perm p;
	char text[32];

	/* The letter makes it what parse_perm() reads. */
	if (!dom || strlen(dom) > 5)
		return EINVAL;
	fmt(text, sizeof(text), "n%s", dom);
	if (parse_perm(text, &p))
		return EINVAL;
	return reply(s, text,
		     fmt(text, sizeof(text), "/local/domain/%u", p.dom) + 1);
}

static int (*const handler[XS_TYPE_COUNT])(struct store *, struct request *) = {
	[XS_DIRECTORY] = do_directory,
	[XS_READ] = do_read,
	[XS_GET_PERMS] = do_get_perms,
	[XS_WATCH] = do_watch,
	[XS_UNWATCH] = do_unwatch,
	[XS_TRANSACTION_START] = do_tx_start,
	[XS_TRANSACTION_END] = do_tx_end,
	[XS_GET_DOMAIN_PATH] = do_domain_path,
	[XS_WRITE] = do_write,
	[XS_MKDIR] = do_mkdir,
	[XS_RM] = do_rm,
	[XS_SET_PERMS] = do_set_perms,
	[XS_RESET_WATCHES] = do_reset_watches,
};

static void reply_error(struct store *s, int err)
{
	const size_t n = sizeof(xsd_errors) / sizeof(xsd_errors[0]);
	const char *name = "EINVAL";

	for (size_t i = 0; i < n; i++)
		if (xsd_errors[i].errnum == err)
			name = xsd_errors[i].errstring;
	s->out.head.type = XS_ERROR;
	s->out.head.len = 0;
	reply(s, name, strlen(name) + 1);
}

void store_msg_answer(struct store *s)
{
	const struct xsd_sockmsg *in = &s->in.head;
	struct request r = {
		.next = (const char *)s->in.data,
		.left = in->len,
	};
	int err = ENOSYS;

	s->out.head = *in;
	s->out.head.len = 0;
	if (in->type < XS_TYPE_COUNT && handler[in->type]) {
		r.tx = store_tx_find(s, in->tx_id);
		r.root = r.tx ? &r.tx->root : &s->root;
		err = in->tx_id && !r.tx ? ENOENT : handler[in->type](s, &r);
	}
	if (err)
		reply_error(s, err);
	s->n_out = 0;
	s->out_len = sizeof(s->out.head) + s->out.head.len;
}
