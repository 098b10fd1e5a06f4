/*
 * The flattened format of the Devicetree Specification 0.4, chapter 5, read
 * through a window: its header, its strings as a whole, and its structure block
 * token by token, once.
 */
#include "loader/kernel/fit/fit_tree.h"

#include <string.h>

#include "loader/base/err.h"

#define MAGIC 0xd00dfeedu
#define VERSION 17u
#define HEADER 40u
#define WINDOW 4096u
#define NAME_MAX 64u		/* bytes of a node's name */
#define VALUE_MAX 256u		/* of a value that is short */
#define STRINGS_MAX 16384u

enum { BEGIN_NODE = 1, END_NODE, PROP, NOP, END = 9 };

struct reader {
	struct fit_tree *t;
	struct file *f;
	struct arena *arena;
	uint64_t at, end;	/* of the structure block, in the file */
	uint8_t *window;	/* WINDOW_LEN bytes at WINDOW_AT */
	uint64_t window_at, window_len;
	char *strings;		/* a 0 behind the last */
	uint32_t strings_len;
	int err;
};

uint32_t fit_tree_word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* A first error stays, and ends what reads. */
static void set_error(struct reader *r, int err)
{
	if (!r->err)
		r->err = err;
}

static void damaged(struct reader *r)
{
	if (!r->err)
		r->err = fail(ERR_EXEC_FORMAT, "a devicetree that is damaged "
			      "at byte %lu", r->at);
}

/* The next LEN bytes, at most WINDOW, until the next call; NULL: none. */
static const uint8_t *take(struct reader *r, size_t len)
{
	uint64_t left = r->end - r->at;

	if (len > left)
		damaged(r);
	if (!r->err && (r->at < r->window_at ||
			r->at + len > r->window_at + r->window_len)) {
		r->window_at = r->at;
		r->window_len = left < WINDOW ? left : WINDOW;
		set_error(r, fs_read(r->f, r->at, r->window_len, r->window));
	}
	if (r->err)
		return NULL;
	r->at += len;
	return r->window + (r->at - len - r->window_at);
}

static uint32_t take_word(struct reader *r)
{
	const uint8_t *p = take(r, 4);

	return p ? fit_tree_word(p) : END;
}

/* To the next token, LEN bytes on: tokens lie at multiples of 4. */
static void skip(struct reader *r, uint32_t len)
{
	uint64_t next = (r->at + len + 3) & ~3ull;

	if (next > r->end)
		damaged(r);
	else
		r->at = next;
}

/* N bytes for as long as the tree. */
static void *keep(struct reader *r, const void *from, size_t n, size_t room)
{
	void *copy = r->err ? NULL : arena_alloc(r->arena, room);

	if (copy)
		memcpy(copy, from, n);
	else
		set_error(r, ERR_NO_MEMORY);
	return copy;
}

static void take_node(struct reader *r, int parent)
{
	struct fit_tree *t = r->t;
	char name[NAME_MAX] = "";
	size_t n = 0;

	do {
		const uint8_t *p = n < NAME_MAX ? take(r, 1) : NULL;

		if (!p) {
			damaged(r);
			return;
		}
		name[n] = (char)*p;
	} while (name[n++]);
	if (t->n_nodes == FIT_NODES)
		set_error(r, fail(ERR_EXEC_FORMAT, "a devicetree of more than "
				  "%d nodes", FIT_NODES));
	else
		t->node[t->n_nodes++] = (struct fit_node){
			keep(r, name, n, n), parent
		};
	skip(r, 0);
}

static void take_prop(struct reader *r, int node)
{
	struct fit_tree *t = r->t;
	uint32_t len = take_word(r), name = take_word(r);
	struct fit_prop p = { .node = node, .at = r->at, .len = len };

	if (name >= r->strings_len) {
		damaged(r);
		return;
	}
	p.name = r->strings + name;
	if (len <= VALUE_MAX) {
		p.value = keep(r, take(r, len), len, len + 1);
		len = 0;
	}
	if (t->n_props == FIT_PROPS)
		set_error(r, fail(ERR_EXEC_FORMAT, "a devicetree of more than "
				  "%d properties", FIT_PROPS));
	else
		t->prop[t->n_props++] = p;
	skip(r, len);
}

/* One root; all that begins ends. */
static int read_tokens(struct reader *r)
{
	struct fit_tree *t = r->t;
	int node = FIT_NONE;

	while (!r->err) {
		uint32_t token = take_word(r);

		if (token == BEGIN_NODE && (node != FIT_NONE || !t->n_nodes)) {
			take_node(r, node);
			node = t->n_nodes - 1;
		} else if (token == END_NODE && node != FIT_NONE) {
			node = t->node[node].parent;
		} else if (token == PROP && node != FIT_NONE) {
			take_prop(r, node);
		} else if (token == END && node == FIT_NONE && t->n_nodes) {
			break;
		} else if (token != NOP) {
			damaged(r);
		}
	}
	return r->err;
}

/* OFF and SIZE of a block lie behind the header and in the tree. */
static bool inside(const struct fit_tree *t, uint32_t off, uint32_t size)
{
	return off >= HEADER && off <= t->size && size <= t->size - off;
}

static int read_header(struct reader *r)
{
	uint8_t head[HEADER];
	uint32_t h[HEADER / 4];
	int err = fs_read(r->f, 0, HEADER, head);

	if (err)
		return err;
	for (unsigned i = 0; i < HEADER / 4; i++)
		h[i] = fit_tree_word(head + 4 * i);
	r->t->size = h[1];
	if (h[0] != MAGIC || h[1] > r->f->size || h[5] < VERSION ||
	    h[6] > VERSION || h[2] % 4 || !inside(r->t, h[2], h[9]) ||
	    !inside(r->t, h[3], h[8]) || h[8] > STRINGS_MAX)
		return fail(ERR_EXEC_FORMAT, "a devicetree with a header that "
			    "is wrong");
	r->at = h[2];
	r->end = (uint64_t)h[2] + h[9];
	r->strings_len = h[8];
	r->strings = arena_alloc(r->arena, h[8] + 1);
	return r->strings ? fs_read(r->f, h[3], h[8], r->strings) :
			    ERR_NO_MEMORY;
}

int fit_tree_read(struct fit_tree *t, struct file *f, struct arena *arena)
{
	struct reader r = { .t = t, .f = f, .arena = arena };
	int err;

	*t = (struct fit_tree){ 0 };
	t->node = arena_alloc(arena, FIT_NODES * sizeof(*t->node));
	t->prop = arena_alloc(arena, FIT_PROPS * sizeof(*t->prop));
	r.window = arena_alloc(arena, WINDOW);
	if (!t->node || !t->prop || !r.window)
		return ERR_NO_MEMORY;
	err = read_header(&r);
	return err ? err : read_tokens(&r);
}

int fit_tree_child(const struct fit_tree *t, int parent, const char *name)
{
	for (int i = 1; i < t->n_nodes; i++)
		if (t->node[i].parent == parent &&
		    !strcmp(t->node[i].name, name))
			return i;
	return FIT_NONE;
}

const struct fit_prop *fit_tree_prop(const struct fit_tree *t, int node,
				     const char *name)
{
	for (int i = 0; i < t->n_props; i++)
		if (t->prop[i].node == node && !strcmp(t->prop[i].name, name))
			return &t->prop[i];
	return NULL;
}

const char *fit_tree_text(const struct fit_tree *t, int node, const char *name)
{
	const struct fit_prop *p = fit_tree_prop(t, node, name);

	const char *text = p && p->value ? (const char *)p->value : "";

	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			return "";
	return text;
}
