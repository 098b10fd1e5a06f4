/* What of a kernel file goes where in memory. */
#ifndef LOADER_KERNEL_SEGMENT_H
#define LOADER_KERNEL_SEGMENT_H

#include <stdint.h>

struct segment {
	uint64_t addr, size;	/* memory; ADDR as linked */
	uint64_t off, len;	/* in the file */
};

/* ERR_EXEC_FORMAT when ENTRY is in none of the N's bytes of the file. */
int segment_check_entry(const struct segment *s, unsigned n, uint64_t entry);

#endif
