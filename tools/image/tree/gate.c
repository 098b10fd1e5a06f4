/*
 * Paths of members, and what may stand where.  A path is cleaned of "." and
 * "//"; ".." is refused.  On the way to a member's directory symbolic links are
 * followed as the finished system would: "/" is the tree's root, and nothing
 * outside of it can be named.
 */
#include "tools/image/tree/gate.h"

#include <string.h>

#include "tools/report.h"

#define LINKS_MAX 40u		/* as Linux: path_resolution(7) */

/* A walk from DIR along REST, whose parts come from a path and from links. */
struct steps {
	struct tree_node *dir;
	char rest[2 * TREE_PATH_MAX];
	size_t at;
	unsigned links;
};

static int set_steps(struct steps *s, struct tree_node *dir, const char *path)
{
	size_t len = strlen(path);

	s->dir = dir;
	s->at = s->links = 0;
	if (len >= TREE_PATH_MAX)
		return -1;
	memcpy(s->rest, path, len + 1);
	return 0;
}

/* The next part that is not "."; 0 at the end. */
static size_t next_part(const struct steps *s, size_t *at)
{
	size_t len;

	for (;; *at += len) {
		*at += strspn(s->rest + *at, "/");
		len = strcspn(s->rest + *at, "/");
		if (len != 1 || s->rest[*at] != '.')
			return len;
	}
}

/* Go on with TARGET in place of what lay before s->at. */
static int follow(struct steps *s, const struct tree *t, const char *target)
{
	size_t len = strlen(target), rest = strlen(s->rest + s->at);

	if (++s->links > LINKS_MAX || len + rest + 2 > sizeof(s->rest))
		return -1;
	memmove(s->rest + len + 1, s->rest + s->at, rest + 1);
	memcpy(s->rest, target, len);
	s->rest[len] = '/';
	s->at = 0;
	if (target[0] == '/')
		s->dir = t->root;
	return 0;
}

static struct tree_node *make_implied(struct tree *t, struct tree_node *dir,
				      const char *name, size_t len)
{
	struct tree_node *n = filetree_new_node(t, S_IFDIR | 0755);

	n->implied = true;
	return gate_place(t, dir, name, len, n);
}

/*
 * One step.  MAKE: the tree in which a missing directory is made, or NULL.
 * LAST: a symbolic link here is followed only if asked.  Returns where that
 * leads: a node, or NULL with why; s->dir itself when a link was opened.
 */
static struct tree_node *step(struct steps *s, const struct tree *t,
			      struct tree *make, size_t len, bool follow_it,
			      const char **why)
{
	const char *part = s->rest + s->at;
	struct tree_name *x;

	s->at += len;
	if (len == 2 && part[0] == '.' && part[1] == '.')
		return s->dir->dir.parent;
	*why = "No such file or directory";
	x = len > TREE_NAME_MAX ? NULL : filetree_find(t, s->dir, part, len);
	if ((!x || !x->node) && make) {
		*why = NULL;	/* what it says is reported */
		return make_implied(make, s->dir, part, len);
	}
	if (!x || !x->node)
		return NULL;
	if (!S_ISLNK(x->node->mode) || !follow_it)
		return x->node;
	*why = "too many symbolic links";
	return follow(s, t, x->node->target) ? NULL : s->dir;
}

static struct tree_node *clash(const char *path, const char *why)
{
	report_error("/%s: %s", path + strspn(path, "/"), why);
	return NULL;
}

/* ".." is refused, and names must fit.  What is wrong with PATH, or NULL. */
static const char *check_path(const char *path)
{
	if (strlen(path) >= TREE_PATH_MAX)
		return "the path is longer than 4095 bytes";
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && !memcmp(path, "..", 2))
			return "\"..\" in the path of a member";
		if (len > TREE_NAME_MAX)
			return "a name of more than 255 bytes";
		path += len + (path[len] == '/');
	}
	return NULL;
}

struct tree_node *gate_parent(struct tree *t, const char *path,
			      const char **name, size_t *len)
{
	const char *why = check_path(path), *last = "";
	struct steps s;

	*name = last;
	*len = 0;
	if (why)
		return clash(path, why);
	/* The last part, of PATH itself: links never change it. */
	for (const char *p = path; *p; p += strspn(p, "/")) {
		size_t n = strcspn(p, "/");

		if (n && !(n == 1 && *p == '.')) {
			*name = p;
			*len = n;
		}
		p += n;
	}
	if (set_steps(&s, t->root, path))
		return clash(path, "too long");
	s.rest[*len ? (size_t)(*name - path) : 0] = 0;
	for (size_t n; (n = next_part(&s, &s.at)); ) {
		struct tree_node *to = step(&s, t, t, n, true, &why);

		if (!to)
			return why ? clash(path, why) : NULL;
		if (!S_ISDIR(to->mode))
			return clash(path, "a file or device stands where its "
				     "directory should be");
		s.dir = to;
	}
	return s.dir;
}

struct tree_node *gate_lookup(const struct tree *t, const char *path,
			      bool follow_last)
{
	struct tree_node *to = t->root;
	const char *why;
	struct steps s;

	if (set_steps(&s, t->root, path))
		return NULL;
	for (size_t n; (n = next_part(&s, &s.at)); s.dir = to) {
		size_t after = s.at + n;
		bool last;

		if (!S_ISDIR(to->mode))
			return NULL;
		last = !next_part(&s, &after);
		to = step(&s, t, NULL, n, !last || follow_last, &why);
		if (!to)
			return NULL;
	}
	return to;
}

int gate_remove(struct tree *t, const char *path)
{
	struct tree_node *dir = t->root;
	struct tree_name *x = NULL;
	struct steps s;

	if (set_steps(&s, dir, path))
		return -1;
	for (size_t n; (n = next_part(&s, &s.at)); s.at += n) {
		if (!S_ISDIR(dir->mode) || n > TREE_NAME_MAX)
			return -1;
		x = filetree_find(t, dir, s.rest + s.at, n);
		if (!x || !x->node)
			return -1;
		dir = x->node;
	}
	if (!x)
		return -1;
	x->node = NULL;
	return 0;
}

/* Facts of a directory that a member names. */
static void take_facts(struct tree_node *to, const struct tree_node *from)
{
	if (from->implied)
		return;
	to->implied = false;
	to->mode = from->mode;
	to->uid = from->uid;
	to->gid = from->gid;
	to->mtime = from->mtime;
	to->xattr = from->xattr;
}

struct tree_node *gate_place(struct tree *t, struct tree_node *dir,
			     const char *name, size_t len,
			     struct tree_node *node)
{
	struct tree_name *x;

	if (!len) {
		if (!S_ISDIR(node->mode))
			return clash("", "the root is no directory");
		take_facts(t->root, node);
		return t->root;
	}
	if (len > TREE_NAME_MAX)
		return clash(name, "a name of more than 255 bytes");
	x = filetree_add_name(t, dir, name, len);
	if (S_ISDIR(node->mode)) {
		if (x->node && S_ISDIR(x->node->mode)) {
			take_facts(x->node, node);
			return x->node;
		}
		node->dir.parent = dir;
		node->dir.depth = dir->dir.depth + 1;
		if (node->dir.depth > TREE_DEPTH_MAX)
			return clash(name, "more than 2048 directories in "
				     "each other");
	}
	return x->node = node;
}

struct tree_node *gate_put(struct tree *t, const char *path,
			   struct tree_node *node)
{
	const char *name;
	size_t len;
	struct tree_node *dir = gate_parent(t, path, &name, &len);

	return dir ? gate_place(t, dir, name, len, node) : NULL;
}

struct tree_node *gate_link(struct tree *t, const struct tree *below,
			    const char *path, const char *to)
{
	struct tree_node *n = gate_lookup(t, to, false);

	if (!n && below)
		n = gate_lookup(below, to, false);
	if (n && !S_ISDIR(n->mode))
		return gate_put(t, path, n);
	report_error("/%s: a hard link to %s%s%s", path + strspn(path, "/"),
		     n ? "a directory, " : "", to,
		     n ? "" : ", which is not there");
	return NULL;
}

/* ---- one tree over another ---- */

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

static void remove_all(struct tree_node *dir)
{
	for (struct tree_name *x = dir->dir.first; x; x = x->next)
		x->node = NULL;
}

/* A whiteout of X's name can be of something: not of "", "." and "..". */
static bool names_something(const char *x)
{
	x += strlen(WHITEOUT);
	return *x && strcmp(x, ".") && strcmp(x, "..");
}

/* OCI image-spec, layer.md, "Whiteouts": they hide lower layers only. */
static int apply_whiteouts(struct tree *to, struct tree_node *dir,
			   const struct tree_node *layer)
{
	const size_t cut = strlen(WHITEOUT);

	for (struct tree_name *x = layer->dir.first; x; x = x->next)
		if (x->node && !strcmp(x->text, OPAQUE))
			remove_all(dir);
	for (struct tree_name *x = layer->dir.first; x; x = x->next) {
		struct tree_name *gone;

		if (!x->node || strncmp(x->text, WHITEOUT, cut))
			continue;
		if (!names_something(x->text))
			return report_error("%s in a layer: a whiteout of "
					    "nothing", x->text);
		gone = filetree_find(to, dir, x->text + cut, x->len - cut);
		if (gone)
			gone->node = NULL;
	}
	return 0;
}

/* What NAME of DIR leads to when it is a link to a directory; else NULL. */
static struct tree_node *behind_link(const struct tree *t,
				     struct tree_node *dir, const char *name)
{
	struct tree_node *at = dir;
	const char *why;
	struct steps s;

	set_steps(&s, dir, name);
	for (size_t n; at && (n = next_part(&s, &s.at)); s.dir = at) {
		at = step(&s, t, NULL, n, true, &why);
		if (at && !S_ISDIR(at->mode))
			at = NULL;
	}
	return at;
}

/*
 * Where the directory X of the upper tree goes.  /lib is a link in many roots:
 * a second root with a directory of that name adds to what is behind the link,
 * as dpkg does; of a layer the directory itself is meant, if it is named.
 */
static struct tree_node *merge_place(struct tree *to, struct tree_node *dir,
				     const struct tree_name *x, bool layer)
{
	struct tree_name *there = filetree_find(to, dir, x->text, x->len);
	struct tree_node *fresh, *at;

	if (there && there->node && S_ISLNK(there->node->mode) &&
	    (x->node->implied || !layer)) {
		at = behind_link(to, dir, x->text);
		if (at)
			return at;
		if (x->node->implied)
			return clash(x->text, "a link that leads to no "
				     "directory stands where one should be");
	}
	fresh = filetree_new_node(to, x->node->mode);
	*fresh = *x->node;
	memset(&fresh->dir, 0, sizeof(fresh->dir));
	return gate_place(to, dir, x->text, x->len, fresh);
}

static int merge_dir(struct tree *to, struct tree_node *dir,
		     const struct tree_node *upper, bool layer)
{
	if (layer && apply_whiteouts(to, dir, upper))
		return -1;
	for (struct tree_name *x = upper->dir.first; x; x = x->next) {
		struct tree_node *at;

		if (!x->node ||
		    (layer && !strncmp(x->text, WHITEOUT, strlen(WHITEOUT))))
			continue;
		if (!S_ISDIR(x->node->mode)) {
			gate_place(to, dir, x->text, x->len, x->node);
			continue;
		}
		at = merge_place(to, dir, x, layer);
		if (!at || merge_dir(to, at, x->node, layer))
			return -1;
	}
	return 0;
}

int gate_merge(struct tree *to, const struct tree *from, bool layer)
{
	take_facts(to->root, from->root);
	return merge_dir(to, to->root, from->root, layer);
}
