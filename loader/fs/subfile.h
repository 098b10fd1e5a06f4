/* Part of a file as a file of its own. */
#ifndef LOADER_FS_SUBFILE_H
#define LOADER_FS_SUBFILE_H

#include "loader/fs/fs.h"

/*
 * The LEN bytes at OFF of F, which must outlive it, as OUT; memory from ARENA.
 * ERR_FILE_LENGTH when they are not all there, ERR_NO_MEMORY.
 */
int subfile_open(struct file *f, uint64_t off, uint64_t len,
		 struct arena *arena, struct file *out);

#endif
