/*
 * The tree's memory and its one hash table of names.  Knows nothing of inputs;
 * what may be where is decided in gate.c.
 */
#include "tools/image/tree/filetree.h"

#include <errno.h>
#include <limits.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

#define CHUNK (256u << 10)
#define FIRST_FAT_TIME 315532800	/* 1980-01-01: what FAT can write */
#define LAST_FAT_TIME 4354819199	/* 2107-12-31 */

struct chunk {
	struct chunk *next;
	uint8_t bytes[];
};

struct tree_pool {
	struct chunk *chunks;
	size_t left;		/* at the end of the first */
	uint8_t *at;
};

/* ---- memory ---- */

void *filetree_alloc(struct tree *t, size_t size)
{
	struct tree_pool *p = t->pool;
	void *got;

	size = (size + 7) & ~(size_t)7;
	if (size > p->left) {
		size_t room = size > CHUNK ? size : CHUNK;
		struct chunk *c = calloc(1, sizeof(*c) + room);

		if (!c) {
			report_error("out of memory");
			exit(1);
		}
		c->next = p->chunks;
		p->chunks = c;
		p->at = c->bytes;
		p->left = room;
	}
	got = p->at;
	p->at += size;
	p->left -= size;
	return got;
}

char *filetree_strdup(struct tree *t, const char *s, size_t len)
{
	char *copy = filetree_alloc(t, len + 1);

	memcpy(copy, s, len);
	return copy;
}

struct tree_node *filetree_new_node(struct tree *t, uint32_t mode)
{
	struct tree_node *n = filetree_alloc(t, sizeof(*n));

	n->mode = mode;
	n->mtime.tv_sec = filetree_time();
	return n;
}

void filetree_init(struct tree *t, const struct tree *like)
{
	*t = (struct tree){ .own_pool = !like };
	t->pool = like ? like->pool : calloc(1, sizeof(*t->pool));
	t->slots = 1024;
	t->table = calloc(t->slots, sizeof(*t->table));
	if (!t->pool || !t->table)
		abort();
	t->root = filetree_new_node(t, S_IFDIR | 0755);
	t->root->implied = true;
	t->root->dir.parent = t->root;
}

void filetree_free(struct tree *t)
{
	free(t->table);
	t->table = NULL;
	if (!t->own_pool)
		return;
	for (struct chunk *c = t->pool->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(t->pool);
}

/* ---- names ---- */

/* FNV-1a, with the directory's address for a seed. */
static uint32_t hash_name(const struct tree_node *dir, const char *name,
			  size_t len)
{
	uint32_t h = 2166136261u ^ (uint32_t)((uintptr_t)dir >> 3);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)name[i]) * 16777619u;
	return h ^ h >> 15;
}

static struct tree_name **slot_of(const struct tree *t,
				  const struct tree_node *dir,
				  const char *name, size_t len, uint32_t hash)
{
	size_t i = hash & (t->slots - 1);

	for (; t->table[i]; i = (i + 1) & (t->slots - 1)) {
		const struct tree_name *x = t->table[i];

		if (x->hash == hash && x->dir == dir && x->len == len &&
		    !memcmp(x->text, name, len))
			break;
	}
	return &t->table[i];
}

static void grow(struct tree *t)
{
	struct tree_name **old = t->table;
	size_t n = t->slots;

	t->slots *= 2;
	t->table = calloc(t->slots, sizeof(*t->table));
	if (!t->table)
		abort();
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*slot_of(t, old[i]->dir, old[i]->text, old[i]->len,
				 old[i]->hash) = old[i];
	free(old);
}

struct tree_name *filetree_find(const struct tree *t,
				const struct tree_node *dir,
				const char *name, size_t len)
{
	return *slot_of(t, dir, name, len, hash_name(dir, name, len));
}

struct tree_name *filetree_add_name(struct tree *t, struct tree_node *dir,
				const char *name, size_t len)
{
	uint32_t hash = hash_name(dir, name, len);
	struct tree_name **slot, *x;

	if (t->n * 2 >= t->slots)
		grow(t);
	slot = slot_of(t, dir, name, len, hash);
	if (*slot)
		return *slot;
	x = filetree_alloc(t, sizeof(*x) + len + 1);
	memcpy(x->text, name, len);
	x->len = (uint8_t)len;
	x->hash = hash;
	x->dir = dir;
	x->next = dir->dir.first;
	dir->dir.first = x;
	dir->dir.n++;
	t->n++;
	return *slot = x;
}

void filetree_add_xattr(struct tree *t, struct tree_node *n, const char *name,
		    const void *value, size_t len)
{
	struct tree_xattr **at = &n->xattr, *x;
	int order = 1;

	while (*at && (order = strcmp((*at)->name, name)) < 0)
		at = &(*at)->next;
	x = *at;
	if (!x || order) {
		x = filetree_alloc(t, sizeof(*x));
		x->name = filetree_strdup(t, name, strlen(name));
		x->next = *at;
		*at = x;
	}
	x->value = filetree_strdup(t, value, len);
	x->len = len;
}

/* ---- finishing ---- */

static int by_name(const void *a, const void *b)
{
	const struct tree_name *x = *(struct tree_name *const *)a;
	const struct tree_name *y = *(struct tree_name *const *)b;

	return strcmp(x->text, y->text);
}

static void sort_dir(struct tree *t, struct tree_node *d)
{
	uint32_t n = 0;

	d->dir.sorted = filetree_alloc(t, d->dir.n * sizeof(*d->dir.sorted));
	for (struct tree_name *x = d->dir.first; x; x = x->next)
		if (x->node)
			d->dir.sorted[n++] = x;
	d->dir.n = n;
	qsort(d->dir.sorted, n, sizeof(*d->dir.sorted), by_name);
}

static void hash_node(SHA2_CTX *sha, const struct tree_node *n)
{
	uint64_t facts[] = {
		n->number, n->mode, n->uid, n->gid, n->size, n->major,
		n->minor, (uint64_t)n->mtime.tv_sec, (uint64_t)n->mtime.tv_nsec,
	};

	SHA256Update(sha, (const uint8_t *)facts, sizeof(facts));
	if (S_ISLNK(n->mode))
		SHA256Update(sha, (const uint8_t *)n->target,
			     strlen(n->target) + 1);
	for (const struct tree_xattr *x = n->xattr; x; x = x->next) {
		SHA256Update(sha, (const uint8_t *)x->name,
			     strlen(x->name) + 1);
		SHA256Update(sha, x->value, x->len);
	}
}

static void finish_dir(struct tree *t, struct tree_node *d, SHA2_CTX *sha)
{
	d->number = t->n_nodes++;
	hash_node(sha, d);
	sort_dir(t, d);
	for (uint32_t i = 0; i < d->dir.n; i++) {
		struct tree_node *n = d->dir.sorted[i]->node;

		SHA256Update(sha, (const uint8_t *)d->dir.sorted[i]->text,
			     d->dir.sorted[i]->len + 1u);
		if (S_ISDIR(n->mode)) {
			d->dir.subdirs++;
			continue;
		}
		if (!n->nlink++)
			n->number = t->n_nodes++;
		hash_node(sha, n);
	}
	for (uint32_t i = 0; i < d->dir.n; i++)
		if (S_ISDIR(d->dir.sorted[i]->node->mode))
			finish_dir(t, d->dir.sorted[i]->node, sha);
}

void filetree_finish(struct tree *t)
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	finish_dir(t, t->root, &sha);
	SHA256Final(t->digest, &sha);
}

struct walk {
	struct tree_visitor *v;
	uint32_t seen;		/* nodes with a lower number were visited */
	char *path;		/* grows */
	size_t room;
};

static void set_path(struct walk *w, size_t len, const struct tree_name *x)
{
	if (len + x->len + 2 > w->room) {
		w->room = 2 * (len + x->len + 2);
		w->path = realloc(w->path, w->room);
		if (!w->path)
			abort();
	}
	if (len)
		w->path[len++] = '/';
	memcpy(w->path + len, x->text, x->len + 1u);
}

static int walk_dir(struct walk *w, struct tree_node *d, size_t len)
{
	int err = w->v->visit(w->v, d, w->path);

	w->seen++;
	for (uint32_t i = 0; !err && i < d->dir.n; i++) {
		struct tree_node *n = d->dir.sorted[i]->node;

		if (S_ISDIR(n->mode) || n->number < w->seen)
			continue;
		set_path(w, len, d->dir.sorted[i]);
		err = w->v->visit(w->v, n, w->path);
		w->seen++;
	}
	for (uint32_t i = 0; !err && i < d->dir.n; i++) {
		if (!S_ISDIR(d->dir.sorted[i]->node->mode))
			continue;
		set_path(w, len, d->dir.sorted[i]);
		err = walk_dir(w, d->dir.sorted[i]->node, strlen(w->path));
	}
	return err;
}

int filetree_walk(const struct tree *t, struct tree_visitor *v)
{
	struct walk w = { .v = v, .room = 256 };
	int err;

	w.path = calloc(1, w.room);
	if (!w.path)
		abort();
	err = walk_dir(&w, t->root, 0);
	free(w.path);
	return err;
}

/* ---- times ---- */

int filetree_time_check(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	long long t;
	char *end;

	if (!s)
		return 0;
	errno = 0;
	t = strtoll(s, &end, 10);
	if (s[0] < '0' || s[0] > '9' || *end || errno || t > LAST_FAT_TIME)
		return report_error("SOURCE_DATE_EPOCH=%s: not a number of "
				    "seconds up to 2107", s);
	return 0;
}

int64_t filetree_time(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	int64_t t = s ? strtoll(s, NULL, 10) : 0;

	return t > FIRST_FAT_TIME ? t : FIRST_FAT_TIME;
}

struct timespec filetree_time_limit(struct timespec t)
{
	if (getenv("SOURCE_DATE_EPOCH") && t.tv_sec >= filetree_time())
		t = (struct timespec){ .tv_sec = filetree_time() };
	return t;
}
