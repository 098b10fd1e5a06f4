/*
 * Changes to an image in the order in which they have to reach its disk: steps,
 * each of which is on the disk before the next begins.
 */
#ifndef TOOLS_INSTALL_WRITES_H
#define TOOLS_INSTALL_WRITES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writes_one {
	uint64_t at;		/* bytes */
	size_t len;
	uint8_t *data;
	unsigned step;
	const char *what;
};

struct writes {
	size_t n;
	struct writes_one *one;
	unsigned step;		/* of what is added next */
};

/* LEN bytes at AT, copied. */
void writes_add(struct writes *w, uint64_t at, const void *data, size_t len,
		const char *what);
/* What is added from here on comes after what was added so far. */
void writes_step(struct writes *w);
void writes_free(struct writes *w);

/* Carry them out on FD, the image NAME.  0, or -1 with an error reported. */
int writes_run(const struct writes *w, int fd, const char *name);

/* [{"offset", "size", "step", "what"}] */
json_t *writes_json(const struct writes *w);

/*
 * What is on FD now where W writes, into the file PATH, on its disk when this
 * returns; and from there into W, to be written back to FD in the opposite
 * order.  0, or -1 with an error reported.
 */
int writes_backup(const struct writes *w, int fd, const char *path);
int writes_restore(struct writes *w, int fd, const char *path);

#endif
