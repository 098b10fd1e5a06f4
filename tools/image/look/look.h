/*
 * Files on an image, through the loader's own readers: what it sees is what is
 * shown.
 */
#ifndef TOOLS_IMAGE_LOOK_LOOK_H
#define TOOLS_IMAGE_LOOK_LOOK_H

#include "loader/disk/part.h"
#include "loader/fs/fs.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/disk/image.h"

struct look {
	char *image, *path;	/* "IMAGE:/path" */
	struct image file;
	struct hostdisk disk;
	struct part_blk part;
	struct arena arena;
	struct fs fs;
	size_t mark;		/* of the arena, as mounted */
};

/*
 * Open "IMAGE[:/path]".  PARTITION: its number as Linux counts; 0: the disk
 * itself or the first partition with a file system.  0, or -1 reported.
 */
int look_open(struct look *l, const char *arg, unsigned partition);
void look_close(struct look *l);

/* Names in a directory. */
struct look_name {
	char *name;
	bool is_dir;		/* as its directory says; links are none */
};
struct look_list {
	struct look_name *name;
	size_t n;
};
/* PATH's, sorted, for look_free.  0, or -1 reported. */
int look_list(struct look *l, const char *path, struct look_list *out);
void look_free(struct look_list *list);

/* Open PATH, one file at a time; look_done closes it.  0, or -1 reported. */
int look_file(struct look *l, const char *path, struct file *f);
void look_done(struct look *l);

/* "IMAGE:PATH: " and what failed, reported.  -1. */
int look_failed(const struct look *l, const char *path);

/* All of the file F at PATH to FD, named NAME.  0, or -1 reported. */
int look_copy(struct look *l, const char *path, struct file *f, int fd,
	      const char *name);

#endif
