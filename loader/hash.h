/* The hash of a file, for the boot record. */
#ifndef LOADER_HASH_H
#define LOADER_HASH_H

#include "loader/fs/fs.h"
#include "loader/platform.h"

#define HASH_SIZE 32

/*
 * The SHA-256 of all of F.  Takes a buffer from P's arena.  ERR_NO_MEMORY, or
 * what reading gives.
 */
int hash_file(const struct platform *p, struct file *f,
	      uint8_t digest[HASH_SIZE]);

#endif
