/*
 * A flattened devicetree in a file, as tables of nodes and properties.  Long
 * values stay in the file: a FIT image's are kernels.
 */
#ifndef LOADER_KERNEL_FIT_FIT_TREE_H
#define LOADER_KERNEL_FIT_FIT_TREE_H

#include "loader/base/arena.h"
#include "loader/fs/fs.h"

enum { FIT_NODES = 256, FIT_PROPS = 1024, FIT_ROOT = 0, FIT_NONE = -1 };

struct fit_node {
	const char *name;
	int parent;
};

struct fit_prop {
	const char *name;
	int node;
	uint64_t at;		/* where in the file its value is */
	uint32_t len;
	const uint8_t *value;	/* and a 0 behind it; NULL: not a short one */
};

struct fit_tree {
	uint64_t size;		/* bytes of the file that are the tree */
	int n_nodes, n_props;
	struct fit_node *node;	/* [0] is the root */
	struct fit_prop *prop;
};

/*
 * The tree that F begins with; memory from ARENA.  ERR_EXEC_FORMAT when it is
 * none, damaged, or too large; ERR_NO_MEMORY, ERR_READ.
 */
int fit_tree_read(struct fit_tree *t, struct file *f, struct arena *arena);

/* The node NAME right below PARENT, or FIT_NONE; so it is below FIT_NONE. */
int fit_tree_child(const struct fit_tree *t, int parent, const char *name);

/* NULL: NODE has none. */
const struct fit_prop *fit_tree_prop(const struct fit_tree *t, int node,
				     const char *name);

/* The property NAME as ASCII text, the first of several; "" if it is none. */
const char *fit_tree_text(const struct fit_tree *t, int node,
			  const char *name);

/* A word of the tree: its numbers are big-endian. */
uint32_t fit_tree_word(const uint8_t *p);

#endif
