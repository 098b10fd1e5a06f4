/* What is in the partitions beside the root. */
#ifndef TOOLS_IMAGE_PARTS_H
#define TOOLS_IMAGE_PARTS_H

#include "tools/image/build.h"
#include "tools/image/disk/deliver.h"

/* Read what goes in, and say how large each is. */
int parts_collect(struct build *b);
int parts_write(const struct build *b, const struct deliver *out);
/* Swap space AT, with UUID, into FD. */
int parts_write_swap(int fd, const struct part_range *at, const char *uuid);
void parts_release(struct build *b);

#endif
