/*
 * The gate: how a member of an input gets into a tree.  A later member replaces
 * an earlier one of its name, never what that one's other names hold.
 */
#ifndef TOOLS_IMAGE_TREE_GATE_H
#define TOOLS_IMAGE_TREE_GATE_H

#include "tools/image/tree/filetree.h"

/*
 * The directory that PATH's last part is in, symbolic links followed inside of
 * the tree, missing directories made; *NAME, *LEN is that part, "" for the root
 * itself.  NULL with an error reported that names PATH.
 */
struct tree_node *gate_parent(struct tree *t, const char *path,
			      const char **name, size_t *len);

/*
 * Make NODE the entry NAME of DIR.  What is there: a directory keeps its
 * entries when NODE is one, and takes NODE's facts; else it is replaced.
 * Returns the node that stands there then; NULL with an error reported.
 */
struct tree_node *gate_place(struct tree *t, struct tree_node *dir,
			     const char *name, size_t len,
			     struct tree_node *node);

/* Both in one. */
struct tree_node *gate_put(struct tree *t, const char *path,
			   struct tree_node *node);

/*
 * PATH becomes another name of what TO names, in T or, if that is not NULL,
 * BELOW, over which T will be put.  That, or NULL with an error reported.
 */
struct tree_node *gate_link(struct tree *t, const struct tree *below,
			    const char *path, const char *to);

/* Take PATH, no link of it followed, out of T.  0; -1: it is not there. */
int gate_remove(struct tree *t, const char *path);

/* What PATH names, all links followed but, if not FOLLOW, the last; or NULL. */
struct tree_node *gate_lookup(const struct tree *t, const char *path,
			      bool follow);

/*
 * Put all of FROM over TO.  LAYER: FROM is a container's layer, whose names
 * ".wh.NAME" and ".wh..wh..opq" remove.  0, or -1 with an error reported.
 */
int gate_merge(struct tree *to, const struct tree *from, bool layer);

#endif
