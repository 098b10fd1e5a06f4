/* What makes one file another, as writes. */
#ifndef TOOLS_INSTALL_DIFFERENCE_H
#define TOOLS_INSTALL_DIFFERENCE_H

#include "tools/install/writes.h"

/*
 * SIZE bytes at OFF of FD into the scratch file TO, which is empty.  0, or -1
 * with an error reported.
 */
int difference_copy(int fd, uint64_t off, uint64_t size, int to);

/*
 * Add to W the sectors of SIZE bytes by which NEW is not OLD, each lying OFF
 * bytes further on on the disk, and make OLD the same as NEW.  Both are
 * scratch files.  0, or -1 with an error reported.
 */
int difference_add(struct writes *w, int old, int new, uint64_t size,
		   uint64_t off, const char *what);

#endif
