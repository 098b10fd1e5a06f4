/* Several files as one: initrds where there is room for a single module. */
#ifndef LOADER_FS_JOIN_H
#define LOADER_FS_JOIN_H

#include "loader/fs/fs.h"

/*
 * OUT is the N files at PART, one behind the other, each filled up with zeroes
 * to 4 bytes as Linux wants initrds.  They must stay, and lie on one device or
 * in memory, else ERR_EXEC_FORMAT; ERR_NO_MEMORY.
 */
int join_files(struct file *out, struct file *const *part, unsigned n,
	       struct arena *arena);

#endif
