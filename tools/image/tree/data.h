/*
 * The bytes of a tree's files.  What cannot be read a second time (members of
 * an archive, pipes, texts of our own) is kept in the spool, a file without a
 * name.  In both, 64 KiB of zeroes at a multiple of 64 KiB are a hole, and
 * nothing else is: whatever an input is, the image is the same.
 */
#ifndef TOOLS_IMAGE_TREE_DATA_H
#define TOOLS_IMAGE_TREE_DATA_H

#include <sys/types.h>

#include "tools/image/tree/filetree.h"

#define DATA_UNIT 65536u

/*
 * Spooling one file: begin, write pieces in rising order, end.  All: 0, or -1
 * with an error reported; N's size is what was announced.
 */
struct data_writer {
	struct tree *tree;
	struct tree_node *node;
	const char *path;	/* for errors */
	uint64_t unit, end;	/* in BUF; where the last piece ended */
	size_t held;		/* bytes in BUF that count; 0: none */
	uint32_t max_runs;
	uint8_t buf[DATA_UNIT];
};
void data_begin(struct data_writer *w, struct tree *t, struct tree_node *n,
		uint64_t size, const char *path);
int data_write(struct data_writer *w, uint64_t at, const void *buf,
	       size_t len);
int data_end(struct data_writer *w);

/* FD's bytes to its end, at most MAX, into the spool. */
int data_spool_fd(struct tree *t, struct tree_node *n, int fd, uint64_t max,
		  const char *path);
int data_spool_text(struct tree *t, struct tree_node *n, const char *text);

/* Open the directory P; the last ones stay open.  -1 with errno. */
int data_open_place(const struct tree_place *p);

/* No place of a tree that goes may stay open. */
void data_close_places(void);

/*
 * N is NAME of PLACE, as ST says: find its holes.  0, or -1 reported.
 */
int data_from_file(struct tree *t, struct tree_node *n,
		   const struct tree_place *place, const char *name,
		   const struct stat *st, const char *path);

/* Reading N: its runs' bytes in order, and nothing of its holes. */
struct data_reader {
	const struct tree_node *node;
	const char *path;	/* for errors */
	uint32_t run;
	uint64_t in_run, at;	/* AT: in the file that FD is */
	uint64_t whole;		/* data_read_whole: bytes given */
	int fd;
	bool own_fd;
};
int data_open(struct data_reader *r, const struct tree_node *n,
	      const char *path);
/*
 * Up to LEN bytes; *START says where in N they are.  0 at the end, -1 reported.
 * A file that is not any more what it was is an error.
 */
ssize_t data_read(struct data_reader *r, void *buf, size_t len,
		  uint64_t *start);
/*
 * Where the next bytes are for the kernel to copy: from *AT of *FD as many as
 * are returned, which are then taken by data_advance.  0 at the end.
 */
uint64_t data_place(const struct data_reader *r, int *fd, uint64_t *at);
void data_advance(struct data_reader *r, uint64_t n);
/* The same with holes as zeroes, so that there is no START. */
ssize_t data_read_whole(struct data_reader *r, void *buf, size_t len);
void data_close(struct data_reader *r);

/* Bytes that are no holes. */
uint64_t data_stored(const struct tree_node *n);

/* Of all files of T. */
uint64_t data_total(const struct tree *t);

/* N whole, a 0 behind it, malloc'd; NULL reported when larger than MAX. */
char *data_text(const struct tree_node *n, size_t max, const char *path);

#endif
