/*
 * Files without a name: nothing is left of them however we end.
 */
#ifndef TOOLS_TEMPFILE_H
#define TOOLS_TEMPFILE_H

#include <stddef.h>
#include <stdint.h>

/* TMPDIR, or /tmp. */
const char *tempfile_dir(void);

/*
 * An empty one that children inherit, in DIR or (NULL) in tempfile_dir(); -1
 * with an error reported.
 */
int tempfile_open(const char *dir);

/* LEN bytes at OFF, all of them.  0, or -1 with errno. */
int tempfile_write(int fd, uint64_t off, const void *buf, size_t len);

/*
 * LEN bytes at OFF, which nothing was written to before; what is zero becomes a
 * hole, and has no size.  0, or -1 with errno.
 */
int tempfile_put(int fd, uint64_t off, const void *buf, size_t len);

/*
 * Whether NEED bytes can still be written to the file system of FD; else -1
 * with an error reported that names WHAT they are, of the image NAME.
 */
int tempfile_room(int fd, uint64_t need, const char *name, const char *what);

/* "/proc/self/fd/7": FD in ourselves, and in a child that inherits it. */
void tempfile_name(int fd, char name[32]);

#endif
