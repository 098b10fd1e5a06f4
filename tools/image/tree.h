/*
 * The contents of a root file system: what a directory or tar file holds, plus
 * a few files of our own.  Entries come in the same order for the same input.
 */
#ifndef TOOLS_IMAGE_TREE_H
#define TOOLS_IMAGE_TREE_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A file of our own: from FILE, or TEXT when that is NULL. */
struct tree_extra {
	char path[256];		/* "boot/vmlinuz": no leading '/' */
	const char *file, *text;
};

struct tree {
	const char *root;	/* directory or tar file, or NULL */
	struct tree_extra extra[4];
	unsigned n_extra;
	/* tree_scan() fills in: */
	uint64_t entries, bytes;	/* bytes: of files, whole 4 KiB blocks */
	uint8_t digest[32];	/* of names, sizes, times, our own files */
	bool has_menu;		/* a menu.lst or grub.conf is among them */
};

/* The data of one file, to be read once from start to end. */
struct tree_data {
	ssize_t (*read)(struct tree_data *d, void *buf, size_t len);
	struct archive *archive;
	int fd;
	const char *text;
	size_t left;
};

/*
 * Called for each entry.  PATH has no leading or double '/'; "" is the root
 * directory.  E has type, owner, mode, times, size, links, extended
 * attributes.  0, or -1 with an error reported.
 */
struct tree_sink {
	int (*add)(struct tree_sink *s, const char *path,
		   struct archive_entry *e, struct tree_data *data);
};

/* LEN bytes, less at the end of the file; -1 with an error reported. */
ssize_t tree_read(struct tree_data *d, void *buf, size_t len);

int tree_walk(const struct tree *t, struct tree_sink *sink);

/* Walk once to learn the size and the digest. */
int tree_scan(struct tree *t);

/* Add a file of our own; it replaces one of that name in the root. */
void tree_add(struct tree *t, const char *path, const char *file,
	      const char *text);

/* The time for all that has none of its own: SOURCE_DATE_EPOCH, or 1980. */
int64_t tree_time(void);

#endif
