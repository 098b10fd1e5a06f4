/* Partitions beside the root: swap, data, empty ones. */
#ifndef TOOLS_IMAGE_PARTS_H
#define TOOLS_IMAGE_PARTS_H

#include "tools/image/build.h"
#include "tools/image/deliver.h"

/*
 * What --data says, each "[DIR]:FS[:SIZE[:LABEL]]", and --swap.  0, or -1 with
 * an error reported.
 */
int parts_parse(struct recipe *r, const char **data, const char *swap);
void parts_free(struct recipe *r);

/* The type of partition N: a GUID, or MBR's number. */
const char *parts_type(const struct recipe_part *p, enum part_table table);

/* Read what goes in, and say how large each is. */
int parts_collect(struct build *b);
int parts_write(const struct build *b, const struct deliver *out);
/* Swap space AT, with UUID, into FD. */
int parts_write_swap(int fd, const struct part_range *at, const char *uuid);
void parts_release(struct build *b);

#endif
