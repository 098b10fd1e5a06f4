/* Between part.c and its two readers. */
#ifndef LOADER_DISK_PART_TABLES_H
#define LOADER_DISK_PART_TABLES_H

#include "loader/disk/part.h"

/* No partitions, TABLE, no remark. */
void part_clear(struct part_list *list, enum part_table table);

/* Append P, if its number can be named. */
void part_add(struct part_list *list, const struct part *p);

/*
 * Keep what is wrong, or beyond us, and that partitions from number FROM on may
 * be missing, which is ERR when one is asked for.  The first remark is kept.
 */
void part_remark(struct part_list *list, unsigned from, int err,
		 const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Fill LIST from sector 0, whose first 512 bytes are MBR. */
void part_mbr_read(struct blk *disk, const uint8_t *mbr,
		   struct part_list *list);

int part_gpt_read(struct blk *disk, struct part_list *list);

#endif
