/*
 * What a stretch of a disk holds, also where our loaders do not read it; and
 * what its partitions are called.
 */
#ifndef TOOLS_HOST_DISK_CONTENTS_H
#define TOOLS_HOST_DISK_CONTENTS_H

#include <jansson.h>

#include "loader/disk/part.h"

/*
 * {"type", "label", "uuid"} of what lies at OFF in the file FD: a file system,
 * LVM, LUKS, a part of a RAID, swap.  NULL when there is nothing known.
 */
json_t *contents_of(int fd, uint64_t off, uint64_t size);

/* "EFI System", "Linux", "type 0x1c": P's type, for people. */
const char *contents_part_type(const struct part_list *parts,
			       const struct part *p);

/* The name that a GPT gives the partition NUMBER, a new string, or NULL. */
json_t *contents_part_name(int fd, uint32_t sector, unsigned number);

#endif
