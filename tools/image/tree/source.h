/*
 * Inputs of an image: a directory, an archive, a container image, single files.
 * Each becomes a tree of its own, which then goes over what was there before.
 */
#ifndef TOOLS_IMAGE_TREE_SOURCE_H
#define TOOLS_IMAGE_TREE_SOURCE_H

#include <archive.h>

#include "tools/image/tree/filetree.h"

/* Add what PATH is: the way from --root.  0, or -1 with an error reported. */
int source_add(struct tree *t, const char *path);

/*
 * Before the first input: FILE ("-": none) is what we write, and may lie in an
 * input only if EXCLUDE, a list that NULL ends or NULL, has it; with OWNER_ROOT
 * everything belongs to root.
 */
void source_begin(const char *file, const char *const *exclude,
		  bool owner_root);

/* After the last: take what EXCLUDE says out of T. */
void source_exclude(struct tree *t, const char *const *exclude);

/*
 * Put the host's FILE at PATH.  SOLID: it shall have no holes.  N: mode, owner;
 * the time is filetree_time().
 */
int source_add_file(struct tree *t, const char *path, const char *file,
		    struct tree_node *n);
int source_add_text(struct tree *t, const char *path, const char *text);
int source_add_zeroes(struct tree *t, const char *path, uint64_t size);

/* The parts of those. */
void source_keep_out(const char *file, const char *const *exclude);
int source_dir(struct tree *t, const char *path, int fd);
/*
 * A is open; NAME for errors.  Counts the members into *N.  Hard links may lead
 * to what is in BELOW, whose memory T shares; NULL: nothing is.
 */
int source_archive(struct tree *t, const struct tree *below,
		   struct archive *a, const char *name, uint64_t *n);
/* Archive of tar's formats that reads FD; NULL reported. */
struct archive *source_open_fd(int fd, const char *name);
/*
 * When what is in T is a container image, not a root file system: put its
 * layers there in its place.
 */
int source_container(struct tree *t, const char *name);

/* Owner and time by the options given. */
void source_adjust(struct tree_node *n);

#endif
