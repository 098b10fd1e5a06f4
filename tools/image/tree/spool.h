/* A scratch file for bytes that cannot be read twice where they come from. */
#ifndef TOOLS_IMAGE_TREE_SPOOL_H
#define TOOLS_IMAGE_TREE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

/* Where it is made; NULL: in TMPDIR or /tmp. */
void spool_begin(const char *dir);
/* It and its bytes go. */
void spool_end(void);

/* Bytes so far: where the next one goes. */
uint64_t spool_size(void);
/* Both: 0, or -1 with an error reported. */
int spool_put(const uint8_t *p, size_t len);
/* All of it can be read from *FD now. */
int spool_readable(int *fd);

#endif
