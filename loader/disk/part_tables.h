/* Between part.c and its two readers. */
#ifndef LOADER_DISK_PART_TABLES_H
#define LOADER_DISK_PART_TABLES_H

#include "loader/disk/part.h"

/* Append P.  ERR_PARTITION_TABLE when the list is full. */
int part_add(struct blk *disk, struct part_list *list, const struct part *p);

/* Fill LIST from sector 0, whose first 512 bytes are MBR. */
int part_mbr_read(struct blk *disk, const uint8_t *mbr,
		  struct part_list *list);

int part_gpt_read(struct blk *disk, struct part_list *list);

#endif
