/*
 * Block lists: a file that is named by where it lies, "0+1,5+3".
 */
#ifndef LOADER_FS_BLOCKLIST_H
#define LOADER_FS_BLOCKLIST_H

#include "loader/fs/fs.h"

#define BLOCKLIST_MAX 64u	/* runs in one */

/* Whether NAME, its device left out, is one. */
bool blocklist_is(const char *name);

/*
 * LIST, of sectors of DISK, as the file OUT; memory from ARENA.  "+N" is "0+N".
 * ERR_FILENAME, ERR_OUTSIDE_PARTITION, ERR_NO_MEMORY.
 */
int blocklist_open(struct blk *disk, const char *list, struct arena *arena,
		   struct file *out);

#endif
