/*
 * Xenstore's tree.  Nodes carry a reference count; a write first makes every
 * node on its path the version's own (copying those that another version
 * shares) and then changes it in place.  The cost is worked out before that:
 * nothing fails half way.  Paths and the pool bound every loop.
 */
#include "pvboot/hv/store/tree.h"

#include <errno.h>
#include <string.h>

uint32_t tree_init(struct store_pool *p)
{
	struct store_node *root = &p->node[1];

	chain_init(p);
	root->refs = 1;
	root->n_perms = 1;
	root->perm[0].access = STORE_READ;
	return 1;
}

/* With one reference: the caller has checked that one is free. */
static uint32_t new_node(struct store_pool *p)
{
	uint32_t node = p->free_node;

	p->free_node = p->node[node].next;
	p->n_free_nodes--;
	memset(&p->node[node], 0, sizeof(p->node[node]));
	p->node[node].refs = 1;
	return node;
}

uint32_t tree_share(struct store_pool *p, uint32_t root)
{
	p->node[root].refs++;
	return root;
}

static uint32_t kid_chunks(uint32_t n)
{
	return (n + STORE_CHUNK_KIDS - 1) / STORE_CHUNK_KIDS;
}

struct tree_kids tree_kids(const struct store_pool *p, uint32_t node)
{
	return (struct tree_kids){ p->node[node].kids, 0,
				   p->node[node].n_kids };
}

/* Where the next child's number is kept, or NULL. */
static uint32_t *next_slot(struct store_pool *p, struct tree_kids *k)
{
	if (k->at == k->n)
		return NULL;
	p->work++;
	if (k->at && k->at % STORE_CHUNK_KIDS == 0)
		k->chunk = p->chunk[k->chunk].next;
	return &p->chunk[k->chunk].kid[k->at++ % STORE_CHUNK_KIDS];
}

uint32_t tree_next_kid(struct store_pool *p, struct tree_kids *k)
{
	uint32_t *slot = next_slot(p, k);

	return slot ? *slot : 0;
}

/* One part of a path: its start and length; NULL at the end. */
static const char *path_part(const char **path, size_t *len)
{
	const char *start = *path;

	while (*start == '/')
		start++;
	*len = 0;
	while (start[*len] && start[*len] != '/')
		++*len;
	*path = start + *len;
	return *len ? start : NULL;
}

static uint32_t *find_kid(struct store_pool *p, uint32_t node,
			  const char *name, size_t len)
{
	struct tree_kids k = tree_kids(p, node);
	uint32_t *slot;

	while ((slot = next_slot(p, &k)) != NULL) {
		const char *kid = p->node[*slot].name;

		if (!memcmp(kid, name, len) && !kid[len])
			break;
	}
	return slot;
}

uint32_t tree_find(struct store_pool *p, uint32_t root, const char *path)
{
	uint32_t node = root, *slot;
	const char *name;
	size_t len;

	while ((name = path_part(&path, &len)) != NULL) {
		slot = find_kid(p, node, name, len);
		if (!slot)
			return 0;
		node = *slot;
	}
	return node;
}

unsigned tree_access(const struct store_pool *p, uint32_t node, unsigned dom)
{
	const struct store_node *n = &p->node[node];

	if (!dom || n->perm[0].dom == dom)
		return STORE_RW;
	for (uint32_t i = 1; i < n->n_perms; i++)
		if (n->perm[i].dom == dom)
			return n->perm[i].access;
	return n->perm[0].access;
}

/* Give up one reference; what nobody refers to any more is freed. */
void tree_drop(struct store_pool *p, uint32_t root)
{
	uint32_t dying = 0, kid;

	if (!--p->node[root].refs)
		dying = root;
	while (dying) {
		uint32_t node = dying;
		struct store_node *n = &p->node[node];
		struct tree_kids k = tree_kids(p, node);

		dying = n->next;
		while ((kid = tree_next_kid(p, &k)) != 0) {
			if (--p->node[kid].refs)
				continue;
			p->node[kid].next = dying;
			dying = kid;
		}
		chain_free(p, n->kids);
		chain_free(p, n->value);
		n->next = p->free_node;
		p->free_node = node;
		p->n_free_nodes++;
	}
}

/* Make the node in *SLOT one that no other version has. */
static void own(struct store_pool *p, uint32_t *slot)
{
	uint32_t old = *slot, copy, kid;
	struct tree_kids k;

	if (p->node[old].refs == 1)
		return;
	copy = new_node(p);
	p->node[old].refs--;
	p->node[copy] = p->node[old];
	p->node[copy].refs = 1;
	p->node[copy].value = chain_copy(p, p->node[old].value,
					 p->node[old].value_len);
	p->node[copy].kids = chain_copy(p, p->node[old].kids,
					p->node[old].n_kids * sizeof(uint32_t));
	k = tree_kids(p, copy);
	while ((kid = tree_next_kid(p, &k)) != 0)
		p->node[kid].refs++;
	*slot = copy;
}

static uint32_t *add_kid(struct store_pool *p, uint32_t parent, uint32_t kid)
{
	struct store_node *n = &p->node[parent];
	uint32_t *link = &n->kids, *slot;

	while (*link && p->chunk[*link].next)
		link = &p->chunk[*link].next;
	if (n->n_kids % STORE_CHUNK_KIDS == 0) {
		if (*link)
			link = &p->chunk[*link].next;
		*link = chain_new(p, NULL, sizeof(uint32_t));
	}
	slot = &p->chunk[*link].kid[n->n_kids++ % STORE_CHUNK_KIDS];
	*slot = kid;
	return slot;
}

/* Take the child in SLOT out of PARENT: the last one takes its place. */
static void cut_kid(struct store_pool *p, uint32_t parent, uint32_t *slot)
{
	struct store_node *n = &p->node[parent];
	uint32_t *link = &n->kids, *last;

	while (p->chunk[*link].next)
		link = &p->chunk[*link].next;
	last = &p->chunk[*link].kid[--n->n_kids % STORE_CHUNK_KIDS];
	*slot = *last;
	*last = 0;
	if (n->n_kids % STORE_CHUNK_KIDS == 0) {
		chain_free(p, *link);
		*link = 0;
	}
}

static uint32_t new_kid(struct store_pool *p, uint32_t parent, unsigned dom,
			const char *name, size_t len)
{
	uint32_t kid = new_node(p);
	struct store_node *n = &p->node[kid];

	n->n_perms = p->node[parent].n_perms;
	memcpy(n->perm, p->node[parent].perm, sizeof(n->perm));
	if (dom)
		n->perm[0].dom = (uint16_t)dom;
	memcpy(n->name, name, len);
	return kid;
}

/* Add DELTA to the guest's nodes in every subtree that holds PATH. */
static void count_path(struct store_pool *p, uint32_t node, const char *path,
		       uint32_t delta)
{
	const char *name;
	size_t len;

	p->node[node].guest_nodes += delta;
	while ((name = path_part(&path, &len)) != NULL) {
		node = *find_kid(p, node, name, len);
		p->node[node].guest_nodes += delta;
	}
}

/*
 * Make PATH exist in *ROOT with every node on it our own.  Returns the node;
 * if PARENT is not NULL, also the node above it.
 */
static uint32_t make_path(struct store_pool *p, uint32_t *root, unsigned dom,
			  const char *path, uint32_t *parent)
{
	uint32_t above[STORE_DEPTH_MAX + 1], *slot = root, *kid;
	unsigned depth = 0;
	const char *name;
	size_t len;

	own(p, root);
	while ((name = path_part(&path, &len)) != NULL) {
		above[depth++] = *slot;
		kid = find_kid(p, *slot, name, len);
		if (!kid) {
			kid = add_kid(p, *slot,
				      new_kid(p, *slot, dom, name, len));
			p->node[*kid].guest_nodes =
				p->node[*kid].perm[0].dom != 0;
			for (unsigned i = 0; i < depth; i++)
				p->node[above[i]].guest_nodes +=
					p->node[*kid].guest_nodes;
		}
		own(p, kid);
		slot = kid;
	}
	if (parent)
		*parent = depth ? above[depth - 1] : 0;
	return *slot;
}

struct walk {
	uint32_t node;		/* the deepest on the path that exists */
	unsigned missing;	/* parts below it */
	uint32_t nodes, chunks;	/* what make_path() may need */
};

static struct walk walk(struct store_pool *p, uint32_t root, const char *path)
{
	struct walk w = { .node = root };
	uint32_t *slot = &root;
	const char *name;
	size_t len;

	for (;;) {
		w.nodes++;
		w.chunks++;
		if (!w.missing) {
			const struct store_node *n = &p->node[w.node];

			w.chunks += chain_chunks(n->value_len) +
				kid_chunks(n->n_kids);
		}
		name = path_part(&path, &len);
		if (!name)
			return w;
		slot = w.missing ? NULL : find_kid(p, w.node, name, len);
		if (slot)
			w.node = *slot;
		else
			w.missing++;
	}
}

/* May DOM write PATH, and is there room for it and EXTRA chunks? */
static int may_write(struct store_pool *p, uint32_t root, unsigned dom,
		     const struct walk *w, uint32_t extra)
{
	uint32_t keep_nodes = dom ? STORE_KEEP_NODES : 0;
	uint32_t keep_chunks = dom ? STORE_KEEP_CHUNKS : 0;

	if (!(tree_access(p, w->node, dom) & STORE_WRITE))
		return EACCES;
	if (dom && w->missing &&
	    p->node[root].guest_nodes + w->missing > STORE_GUEST_NODES)
		return ENOSPC;
	if (p->n_free_nodes < keep_nodes + w->nodes ||
	    p->n_free_chunks < keep_chunks + w->chunks + extra)
		return ENOSPC;
	return 0;
}

int tree_write(struct store_pool *p, uint32_t *root, unsigned dom,
	       const char *path, const void *value, size_t len)
{
	struct walk w = walk(p, *root, path);
	struct store_node *n;
	int err;

	if (len > STORE_VALUE_MAX)
		return ENOSPC;
	err = may_write(p, *root, dom, &w, chain_chunks(len));
	if (err)
		return err;
	n = &p->node[make_path(p, root, dom, path, NULL)];
	chain_free(p, n->value);
	n->value = chain_new(p, value, len);
	n->value_len = (uint32_t)len;
	return 0;
}

int tree_mkdir(struct store_pool *p, uint32_t *root, unsigned dom,
	       const char *path, bool *made)
{
	struct walk w = walk(p, *root, path);
	int err;

	*made = w.missing;
	if (!w.missing)
		return 0;
	err = may_write(p, *root, dom, &w, 0);
	if (!err)
		make_path(p, root, dom, path, NULL);
	return err;
}

int tree_remove(struct store_pool *p, uint32_t *root, unsigned dom,
		const char *path)
{
	struct walk w = walk(p, *root, path);
	uint32_t node, parent;
	const char *name;
	int err;

	if (w.missing)
		return ENOENT;
	if (w.node == *root)
		return EINVAL;
	err = may_write(p, *root, dom, &w, 0);
	if (err)
		return err;
	node = make_path(p, root, dom, path, &parent);
	count_path(p, *root, path, -p->node[node].guest_nodes);
	name = p->node[node].name;
	cut_kid(p, parent, find_kid(p, parent, name, strlen(name)));
	tree_drop(p, node);
	return 0;
}

int tree_set_perms(struct store_pool *p, uint32_t *root, unsigned dom,
		   const char *path, const struct store_perm *perm, unsigned n)
{
	struct walk w = walk(p, *root, path);
	struct store_node *node = &p->node[w.node];
	int err;

	if (w.missing)
		return ENOENT;
	if (n < 1 || n > STORE_PERMS_MAX)
		return EINVAL;
	/* Only domain 0 gives nodes away; only the owner says who may what. */
	if (dom && (node->perm[0].dom != dom || perm[0].dom != dom))
		return EACCES;
	err = may_write(p, *root, dom, &w, 0);
	if (err)
		return err;
	node = &p->node[make_path(p, root, dom, path, NULL)];
	count_path(p, *root, path,
		   (uint32_t)(perm[0].dom != 0) - (node->perm[0].dom != 0));
	memcpy(node->perm, perm, n * sizeof(*perm));
	node->n_perms = n;
	return 0;
}
