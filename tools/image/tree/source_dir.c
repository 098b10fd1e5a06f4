/*
 * A directory, by openat and fstatat with names that are never followed
 * through a link: fakeroot is heard, and nothing outside can get in.  Files of
 * the user who builds become root's, so that an image does not depend on who
 * made it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/source.h"
#include "tools/report.h"

/* Files with more than one name that were seen. */
struct seen {
	dev_t dev;
	ino_t ino;
	struct tree_node *node;
};

struct dir_walk {
	struct tree *tree;
	uid_t builder;		/* who runs us; 0: root, or under fakeroot */
	struct seen *seen;	/* open addressing */
	size_t n_seen, slots;
	char path[TREE_PATH_MAX];	/* ROOT/..., for errors */
	size_t root_len;	/* of ROOT */
};

/* What is being made, and the directory it will lie in; or standard output. */
static struct {
	const char *name;	/* NULL: no file that has one */
	bool redirected;	/* standard output is a file */
	const char *const *exclude;
	dev_t dev;
	ino_t ino;
} output;

void source_keep_out(const char *file, const char *const *exclude)
{
	const char *slash = strrchr(file, '/');
	char *dir = slash ? strndup(file, (size_t)(slash - file) + 1) :
		    strdup(".");
	bool is_stdout = !strcmp(file, "-");
	struct stat st = { 0 };
	bool there = is_stdout ? !fstat(STDOUT_FILENO, &st) :
		     dir && !stat(dir, &st);

	output.name = !there || is_stdout ? NULL : slash ? slash + 1 : file;
	output.redirected = there && is_stdout && S_ISREG(st.st_mode);
	output.exclude = exclude;
	output.dev = st.st_dev;
	output.ino = st.st_ino;
	free(dir);
}

static struct seen *seen_slot(struct dir_walk *w, const struct stat *st)
{
	size_t i = (st->st_ino * 2654435761u ^ st->st_dev) & (w->slots - 1);

	while (w->seen[i].node && (w->seen[i].ino != st->st_ino ||
				   w->seen[i].dev != st->st_dev))
		i = (i + 1) & (w->slots - 1);
	return &w->seen[i];
}

/* Where ST's first name is noted, or is to be. */
static struct seen *find_seen(struct dir_walk *w, const struct stat *st)
{
	if (w->n_seen * 2 >= w->slots) {
		struct seen *old = w->seen;
		size_t n = w->slots;

		w->slots = n ? n * 2 : 256;
		w->seen = calloc(w->slots, sizeof(*w->seen));
		if (!w->seen)
			abort();
		for (size_t i = 0; i < n; i++) {
			struct stat key = { .st_dev = old[i].dev,
					    .st_ino = old[i].ino };

			if (old[i].node)
				*seen_slot(w, &key) = old[i];
		}
		free(old);
	}
	return seen_slot(w, st);
}

static int failed(const struct dir_walk *w)
{
	return report_errno("%s", w->path);
}

/* What a file system says of itself in this way is left out. */
static bool is_attribute(const char *name)
{
	return !strncmp(name, "user.", 5) || !strncmp(name, "trusted.", 8) ||
	       !strncmp(name, "security.", 9) ||
	       !strncmp(name, "system.posix_acl_", 17);
}

/* NAME is in the working directory: there is no call with a descriptor. */
static int read_xattrs(struct dir_walk *w, struct tree_node *n,
		       const char *name)
{
	static char names[65536], value[65536];
	ssize_t len = llistxattr(name, names, sizeof(names)), got;

	if (len < 0 && (errno == EOPNOTSUPP || errno == ENOSYS))
		return 0;
	if (len < 0)
		return failed(w);
	for (char *x = names; x < names + len; x += strlen(x) + 1) {
		if (!is_attribute(x))
			continue;
		got = lgetxattr(name, x, value, sizeof(value));
		if (got < 0)
			return failed(w);
		filetree_add_xattr(w->tree, n, x, value, (size_t)got);
	}
	return 0;
}

static void take_stat(const struct dir_walk *w, struct tree_node *n,
		      const struct stat *st)
{
	bool builder = w->builder && st->st_uid == w->builder;

	n->mode = st->st_mode;
	n->uid = builder ? 0 : st->st_uid;
	n->gid = builder ? 0 : st->st_gid;
	n->mtime = st->st_mtim;
	source_adjust(n);
}

static int read_link(struct dir_walk *w, struct tree_node *n, int dir,
		     const char *name)
{
	char to[TREE_PATH_MAX];
	ssize_t len = readlinkat(dir, name, to, sizeof(to));

	if (len < 0)
		return failed(w);
	if ((size_t)len == sizeof(to))
		return report_error("%s: too long a link", w->path);
	n->target = filetree_strdup(w->tree, to, (size_t)len);
	n->size = (uint64_t)len;
	return 0;
}

/* What is no directory.  NULL reported. */
static struct tree_node *read_node(struct dir_walk *w, int dir,
				   const struct tree_place *place,
				   const char *name, const struct stat *st)
{
	struct tree_node *n = filetree_new_node(w->tree, st->st_mode);
	int err = 0;

	take_stat(w, n, st);
	if (S_ISREG(st->st_mode))
		err = data_from_file(w->tree, n, place, name, st, w->path);
	else if (S_ISLNK(st->st_mode))
		err = read_link(w, n, dir, name);
	else if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		n->major = major(st->st_rdev);
		n->minor = minor(st->st_rdev);
	}
	if (err || read_xattrs(w, n, name))
		return NULL;
	return n;
}

/* PATH and B, which may begin with "/" or "./", are one. */
static bool same_path(const char *path, const char *b)
{
	b += strspn(b, "/");
	while (!strncmp(b, "./", 2))
		b += 1 + strspn(b + 1, "/");
	return !strcmp(path, b);
}

static bool is_output(const struct stat *st)
{
	return st->st_dev == output.dev && st->st_ino == output.ino;
}

/* PATH below the root is what is being made: no image holds itself. */
static int refuse_output(const struct dir_walk *w, const char *path)
{
	for (const char *const *x = output.exclude; x && *x; x++)
		if (same_path(path, *x))
			return 0;
	return report_error("%s lies inside of --root %.*s: write it "
			    "elsewhere, or give --exclude %s", path,
			    (int)w->root_len, w->path, path);
}

/*
 * The directory FD is w->path, of LEN: whether what is being made would come
 * into itself, as it was or as it becomes.
 */
static int check_output(struct dir_walk *w, int fd, size_t len)
{
	size_t root = w->root_len;
	char path[TREE_PATH_MAX + TREE_NAME_MAX];
	struct stat st;

	if (!output.name || fstat(fd, &st) || !is_output(&st))
		return 0;
	snprintf(path, sizeof(path), "%.*s%s%s",
		 (int)(len > root ? len - root - 1 : 0), w->path + root + 1,
		 len > root ? "/" : "", output.name);
	return refuse_output(w, path);
}

static int add_entry(struct dir_walk *w, struct tree_node *to, int dir,
		     const struct tree_place *place, const char *name)
{
	size_t len = strlen(name);
	struct seen *seen = NULL;
	struct tree_node *n;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return failed(w);
	if (S_ISDIR(st.st_mode)) {
		n = filetree_new_node(w->tree, st.st_mode);
		take_stat(w, n, &st);
		return read_xattrs(w, n, name) ||
		       !gate_place(w->tree, to, name, len, n) ? -1 : 0;
	}
	if (output.redirected && is_output(&st) &&
	    refuse_output(w, w->path + w->root_len + 1))
		return -1;
	if (st.st_nlink > 1) {
		seen = find_seen(w, &st);
		if (seen->node)
			return gate_place(w->tree, to, name, len,
					  seen->node) ? 0 : -1;
	}
	n = read_node(w, dir, place, name, &st);
	if (!n)
		return -1;
	if (seen) {
		*seen = (struct seen){ st.st_dev, st.st_ino, n };
		w->n_seen++;
	}
	return gate_place(w->tree, to, name, len, n) ? 0 : -1;
}

/* "ROOT/..." + "/NAME" for errors; how long it is then. */
static size_t set_path(struct dir_walk *w, size_t len, const char *name)
{
	int n = snprintf(w->path + len, sizeof(w->path) - len, "/%s", name);

	return n < (int)(sizeof(w->path) - len) ? len + (size_t)n : len;
}

/* The entries of the open directory FD, which is PLACE. */
static int walk_names(struct dir_walk *w, struct tree_node *to, int fd,
		      const struct tree_place *place, size_t len)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;
	int err = 0;

	if (!d || fchdir(fd)) {
		if (d)
			closedir(d);
		return failed(w);
	}
	rewinddir(d);
	while (!err && (errno = 0, e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		set_path(w, len, e->d_name);
		err = add_entry(w, to, dirfd(d), place, e->d_name);
	}
	if (!err && errno)
		err = failed(w);
	closedir(d);
	return err;
}

static int walk(struct dir_walk *w, struct tree_node *to,
		const struct tree_place *place, size_t len)
{
	int fd = data_open_place(place), err;

	if (fd < 0)
		return failed(w);
	err = check_output(w, fd, len) ? -1 :
	      walk_names(w, to, fd, place, len);
	for (struct tree_name *x = to->dir.first; x && !err; x = x->next) {
		struct tree_place *below;

		if (!S_ISDIR(x->node->mode))
			continue;
		below = filetree_alloc(w->tree, sizeof(*below));
		*below = (struct tree_place){ .above = place, .name = x->text,
					      .depth = place->depth + 1 };
		err = walk(w, x->node, below, set_path(w, len, x->text));
		w->path[len] = 0;
	}
	return err;
}

int source_dir(struct tree *t, const char *path, int fd)
{
	struct tree_place *place = filetree_alloc(t, sizeof(*place));
	struct dir_walk w = { .tree = t, .builder = getuid() };
	struct stat st;
	int err, home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	place->fd = fd;		/* stays open: files are read later */
	snprintf(w.path, sizeof(w.path), "%s", path);
	w.root_len = strlen(w.path);
	if (fstat(fd, &st) || home < 0 || fchdir(fd))
		return failed(&w);
	take_stat(&w, t->root, &st);
	t->root->implied = false;
	err = read_xattrs(&w, t->root, ".");
	if (!err)
		err = walk(&w, t->root, place, w.root_len);
	if (fchdir(home) && !err)
		err = report_errno("going back");
	close(home);
	free(w.seen);
	return err;
}
