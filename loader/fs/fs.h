/*
 * File systems; nothing but bytes that are there is ever written.  A driver
 * answers one question: where do the bytes at an offset of a file lie?  The
 * reading itself is done once, in fs.c, in requests as large as the disk's
 * layout allows.
 */
#ifndef LOADER_FS_FS_H
#define LOADER_FS_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/base/arena.h"
#include "loader/disk/blk.h"

struct fs {
	const struct fs_driver *driver;
	struct blk *blk;
	struct arena *arena;	/* for what lives as long as the mount */
	void *priv;		/* the driver's */
	char label[64];		/* volume label and UUID as text, "" if none */
	char uuid[40];
	uint64_t bytes;		/* its size as it says; the disk's may differ */
};

struct file {
	struct fs *fs;
	uint64_t size;		/* bytes */
	bool is_dir;
	bool sealed;		/* its bytes must stay as they are */
	void *priv;		/* the driver's, from fs->arena */
};

/* A piece of a file that lies in one stretch. */
struct extent {
	enum { EXTENT_DISK, EXTENT_HOLE, EXTENT_MEM } kind;
	uint64_t len;		/* bytes, never 0 */
	uint64_t disk;		/* EXTENT_DISK: byte offset on fs->blk */
	const uint8_t *mem;	/* EXTENT_MEM: inline data, modules in memory */
};

struct fs_dirent {
	const char *name;	/* NUL-terminated, valid during the call */
	bool is_dir;
};
/* Return non-zero to stop the listing; that value is then returned. */
typedef int fs_list_fn(void *ctx, const struct fs_dirent *entry);

struct fs_driver {
	const char *name;	/* "ext4", "fat": for messages */
	/* ERR_NOTMINE: not this file system.  Any other error: it is, but. */
	int (*mount)(struct fs *fs);
	/* PATH begins with '/'; symbolic links are followed. */
	int (*open)(struct fs *fs, const char *path, struct file *out);
	/* The extent that holds byte OFF (< size), from OFF on. */
	int (*map)(struct file *f, uint64_t off, struct extent *out);
	int (*list)(struct file *dir, fs_list_fn *each, void *ctx);
};

/* All drivers, NULL at the end (fs.c). */
extern const struct fs_driver *const fs_drivers[];

/* Try every driver on BLK.  ERR_FS_MOUNT when none knows it. */
int fs_mount(struct fs *fs, struct blk *blk, struct arena *arena);

/*
 * ERR_FILENAME, ERR_FILE_NOT_FOUND, ERR_SYMLINK_LOOP, ERR_FS_CORRUPT, ERR_READ
 */
int fs_open(struct fs *fs, const char *path, struct file *out);

/*
 * Read exactly LEN bytes at OFF.  Past the end of the file: ERR_FILE_LENGTH.
 * Neighbouring runs become one disk request; holes become zeroes.
 */
int fs_read(struct file *f, uint64_t off, size_t len, void *buf);

/*
 * Write LEN bytes at OFF over those that are there; neither the file's size nor
 * anything else of the file system changes.  ERR_FILE_LENGTH past its end;
 * ERR_WRITE, also where bytes have no place of their own: holes, inline data,
 * sealed files.
 */
int fs_write(struct file *f, uint64_t off, size_t len, const void *buf);

/* The names in directory F, in the order of the disk. */
int fs_list(struct file *dir, fs_list_fn *each, void *ctx);

/* A file made of LEN bytes in memory: a boot module. */
void fs_mem_file(struct file *out, const void *mem, uint64_t len);

#endif
