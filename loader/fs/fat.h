/*
 * FAT12, FAT16 and FAT32: what the parts of the reader share.
 *   fat.c       mounting, and opening by path
 *   fat_map.c   cluster chains
 *   fat_dir.c   directory entries, short and long names
 * Source: Microsoft, FAT: General Overview of On-Disk Format, 1.03 (2000).
 */
#ifndef LOADER_FS_FAT_H
#define LOADER_FS_FAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/fs/fs.h"

/* Bytes of the table held at a time: whole entries of 12, 16 and 32 bits. */
#define FAT_WINDOW 12288u
#define FAT_NAME_MAX (255 * 3 + 1)	/* 255 UTF-16 units as UTF-8, and NUL */

struct fat {
	struct fs *fs;
	unsigned bits;		/* of a table entry */
	unsigned cluster_bits;	/* log2 of a cluster's bytes */
	uint32_t clusters;	/* numbered from 2 */
	uint64_t table, table_len;	/* the allocation table, bytes */
	uint64_t data;		/* byte offset of cluster 2 */
	uint64_t root, root_len;	/* FAT12/16: the root directory */
	uint32_t root_cluster;	/* FAT32: the same; 0 in FAT12/16 */
	uint8_t *window;
	uint32_t window_first, window_n;	/* the entries it holds */
};

/* A file, or a directory; first == 0: the root directory of FAT12/16. */
struct fat_file {
	uint32_t first;		/* cluster */
	uint64_t limit;		/* clusters that it may have at most */
	/* The contiguous clusters used last. */
	struct {
		uint64_t index;	/* of the first in the file */
		uint32_t cluster, n, next;	/* next: 0 at the chain's end */
	} run;
};

/* What a directory says of a file. */
struct fat_entry {
	char name[FAT_NAME_MAX];
	char short_name[13];
	uint32_t first, size;
	bool is_dir;
};

void fat_file_init(const struct fat *fat, struct fat_file *f, uint32_t first,
		   uint64_t bytes);

/*
 * The run with byte OFF.  ERR_FS_CORRUPT for a broken chain and one that ends
 * before OFF, unless END is given: then *END says so.
 */
int fat_map_run(struct fat *fat, struct fat_file *f, uint64_t off,
		struct extent *out, bool *end);

/* Each entry of DIR but "." and ".."; non-zero stops and is returned. */
typedef int fat_dir_fn(void *ctx, const struct fat_entry *entry);
int fat_dir_walk(struct fat *fat, struct fat_file *dir, fat_dir_fn *each,
		 void *ctx);

/*
 * The entry NAME (any case; the short name too) of DIR.  *found: is there one?
 */
int fat_dir_lookup(struct fat *fat, struct fat_file *dir, const char *name,
		   size_t len, struct fat_entry *out, bool *found);

#endif
