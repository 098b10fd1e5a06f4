/* NEW's partition table. */
#ifndef TOOLS_ADOPT_TABLE_H
#define TOOLS_ADOPT_TABLE_H

#include "tools/adopt/plan.h"

/* UUIDs, as text. */
struct table_ids {
	char disk[40], part[PLAN_PARTS][40];
};

/*
 * Write P's table of O to FD, called PATH: a new one for a bare file system,
 * else O's with P's parts in it.  0, or -1 with an error reported.
 */
int table_write(const struct plan *p, const struct old *o,
		const struct table_ids *ids, int fd, const char *path);

/*
 * MBR, 512 bytes: all partitions lie SHIFT sectors further on.  False: one
 * would be where an MBR cannot name it.
 */
bool table_shift_mbr(uint8_t *mbr, uint64_t shift);

#endif
