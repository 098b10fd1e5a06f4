/*
 * Transactions: each works on a version of the tree of its own, which becomes
 * the live one if nothing else has changed meanwhile.  One that only read saw
 * one consistent state and ends well in any case.  Before anything else is done
 * for the guest, its news are told.
 */
#include "pvboot/hv/store/store_tx.h"

#include <string.h>

#include "pvboot/hv/store/store_watch.h"

uint32_t store_tx_start(struct store *s)
{
	struct store_tx *t = s->tx;

	while (t < s->tx + STORE_TXS && t->id)
		t++;
	if (t == s->tx + STORE_TXS)
		return 0;
	s->last_tx += s->last_tx == UINT32_MAX ? 2 : 1;
	t->id = s->last_tx;
	t->root = tree_share(&s->pool, s->root);
	t->generation = s->generation;
	return t->id;
}

struct store_tx *store_tx_find(struct store *s, uint32_t id)
{
	for (struct store_tx *t = s->tx; id && t < s->tx + STORE_TXS; t++)
		if (t->id == id && !t->ended)
			return t;
	return NULL;
}

int store_tx_room(const struct store *s, const struct store_tx *t)
{
	if (!t)
		return 0;
	if (t->n_changes == STORE_TX_CHANGES ||
	    s->pool.n_free_chunks < STORE_KEEP_CHUNKS +
	    chain_chunks(STORE_PATH_MAX))
		return ENOSPC;
	return 0;
}

void store_tx_changed(struct store *s, struct store_tx *t, const char *path,
		      bool removed)
{
	struct store_change *c = &t->change[t->n_changes++];

	c->path_len = (uint16_t)(strlen(path) + 1);
	c->path = chain_new(&s->pool, path, c->path_len);
	c->removed = removed;
}

static void forget(struct store *s, struct store_tx *t)
{
	tree_drop(&s->pool, t->root);
	for (unsigned i = 0; i < t->n_changes; i++)
		chain_free(&s->pool, t->change[i].path);
	memset(t, 0, sizeof(*t));
}

void store_tx_reset(struct store *s)
{
	for (struct store_tx *t = s->tx; t < s->tx + STORE_TXS; t++)
		if (t->id)
			forget(s, t);
}

/* Who watches is told by and by: that takes longer than all else. */
static void commit(struct store *s, struct store_tx *t)
{
	uint32_t old = s->root;

	s->root = tree_share(&s->pool, t->root);
	tree_drop(&s->pool, old);
	s->generation++;
	t->ended = true;
}

int store_tx_end(struct store *s, struct store_tx *t, bool keep)
{
	bool changes = keep && t->n_changes;

	if (changes && t->generation == s->generation) {
		commit(s, t);
		return 0;
	}
	forget(s, t);
	return changes ? EAGAIN : 0;
}

static struct store_tx *ended(struct store *s)
{
	for (struct store_tx *t = s->tx; t < s->tx + STORE_TXS; t++)
		if (t->ended)
			return t;
	return NULL;
}

bool store_tx_tell(struct store *s)
{
	struct store_tx *t = ended(s);
	char path[STORE_PATH_MAX];
	struct store_change c;

	if (!t)
		return false;
	c = t->change[t->told++];
	chain_read(&s->pool, c.path, c.path_len, path);
	if (t->told == t->n_changes)
		forget(s, t);
	store_watch_fire(s, path, c.removed);
	return true;
}
