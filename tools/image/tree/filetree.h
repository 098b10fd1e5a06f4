/*
 * The contents of a file system, in memory: names, what they name, and where
 * each file's bytes are.  Every member of every input passes gate.h on its way
 * in; whoever writes a file system walks the finished tree.
 */
#ifndef TOOLS_IMAGE_TREE_FILETREE_H
#define TOOLS_IMAGE_TREE_FILETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define TREE_NAME_MAX 255u
#define TREE_PATH_MAX 4096u	/* bytes of a path, with the final 0 */
#define TREE_DEPTH_MAX 2048u	/* directories in each other */

struct tree_xattr {
	struct tree_xattr *next;	/* sorted by name */
	const char *name;	/* "security.capability" */
	const void *value;	/* ACLs: as the kernel gives them */
	size_t len;
};

/* A stretch of a file that is no hole. */
struct tree_run {
	uint64_t start, len;
};

/* A directory of an input, open or to be opened again. */
struct tree_place {
	const struct tree_place *above;	/* NULL: it is FD */
	const char *name;	/* in ABOVE */
	unsigned depth;		/* how many there are above */
	int fd;
};

/* Where a file's bytes are: NAME in PLACE, or (no NAME) AT in the spool. */
struct tree_data {
	const struct tree_place *place;
	const char *name;
	uint64_t at;		/* the runs' bytes lie there one by one */
	dev_t dev;		/* what NAME must still be */
	ino_t ino;
	struct timespec changed;
	struct tree_run *run;
	uint32_t n_runs;
	bool solid;		/* no holes: a boot loader reads its blocks */
};

struct tree_node;

struct tree_name {
	struct tree_node *dir, *node;	/* node NULL: removed */
	struct tree_name *next;		/* in dir, as they came */
	uint32_t hash;
	uint8_t len;
	char text[];
};

struct tree_node {
	uint32_t mode, uid, gid, major, minor;
	uint32_t nlink;		/* filetree_finish: names; not of directories */
	uint32_t number;	/* filetree_finish: 0 the root, 1 ... */
	bool implied;		/* a directory that no member named */
	struct timespec mtime;
	uint64_t size;
	struct tree_xattr *xattr;
	union {
		struct {
			struct tree_node *parent;
			struct tree_name *first;
			struct tree_name **sorted;	/* filetree_finish */
			uint32_t n, subdirs, depth;
		} dir;
		struct tree_data data;	/* regular files */
		const char *target;	/* symbolic links */
	};
};

struct tree_pool;		/* memory; freed with the tree that made it */

struct tree {
	struct tree_pool *pool;
	bool own_pool;
	struct tree_node *root;
	struct tree_name **table;	/* by directory and name */
	size_t n, slots;
	/* filetree_finish: */
	uint32_t n_nodes;
	uint8_t digest[32];	/* of all but files' bytes */
};

/* An empty tree; its memory is LIKE's when that is not NULL. */
void filetree_init(struct tree *t, const struct tree *like);
void filetree_free(struct tree *t);

/* Zeroed memory that lives as long as the tree. */
void *filetree_alloc(struct tree *t, size_t size);
char *filetree_strdup(struct tree *t, const char *s, size_t len);

struct tree_node *filetree_new_node(struct tree *t, uint32_t mode);

/* The entry NAME of DIR, also one that was removed; NULL: never was. */
struct tree_name *filetree_find(const struct tree *t,
				const struct tree_node *dir,
				const char *name, size_t len);
struct tree_name *filetree_add_name(struct tree *t, struct tree_node *dir,
				const char *name, size_t len);

/* Sorted insertion; a later one of the same name wins. */
void filetree_add_xattr(struct tree *t, struct tree_node *n, const char *name,
		    const void *value, size_t len);

/* Sort, number and count; nothing may be added afterwards. */
void filetree_finish(struct tree *t);

/*
 * Each node once, in the order of its numbers: a directory, then its entries
 * that are none, then its directories.  PATH has no leading '/'; "" is the
 * root.  Stops at the first that is not 0.
 */
struct tree_visitor {
	int (*visit)(struct tree_visitor *v, struct tree_node *n,
		     const char *path);
};
int filetree_walk(const struct tree *t, struct tree_visitor *v);

/* The time for all that has none of its own: SOURCE_DATE_EPOCH, or 1980. */
int64_t filetree_time(void);
/* Whether SOURCE_DATE_EPOCH is a number; else -1 with an error reported. */
int filetree_time_check(void);
/* No younger than SOURCE_DATE_EPOCH, if there is one. */
struct timespec filetree_time_limit(struct timespec t);

#endif
