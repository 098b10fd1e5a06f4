/*
 * A file system out of a fuzzer's bytes, walked as far as it goes.  The bytes
 * name the disk's sectors that are not zero: 4 bytes with the disk's size in
 * sectors (top bit: of 4096 bytes), then pieces of 4 bytes sector number and
 * 512 bytes.  tests/fuzz/make-corpus writes images in this form.
 */
#ifndef TESTS_FUZZ_FSWALK_H
#define TESTS_FUZZ_FSWALK_H

#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/fs/fs.h"

#define FSWALK_PIECE (4 + 512u)
#define FSWALK_SECTORS_MAX (1u << 22)	/* 2 GiB */
/* Each is looked for from the root on: many only make it slow. */
#define FSWALK_FILES 32u
#define FSWALK_PATH 600u

struct fswalk {
	const uint8_t *data;
	size_t len;
	struct fs fs;
	unsigned n, done;
	char path[FSWALK_FILES][FSWALK_PATH];
	const char *dir;
};

static inline uint32_t fswalk_u32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline int fswalk_read(struct blk *b, uint64_t lba, uint32_t n,
			      void *buf)
{
	const struct fswalk *w = b->priv;
	uint64_t first = lba * (b->sector / 512);
	uint64_t end = first + (uint64_t)n * (b->sector / 512);

	memset(buf, 0, (size_t)n * b->sector);
	for (size_t at = 4; at + FSWALK_PIECE <= w->len; at += FSWALK_PIECE) {
		uint32_t sector = fswalk_u32(w->data + at);

		if (sector >= first && sector < end)
			memcpy((uint8_t *)buf + (sector - first) * 512,
			       w->data + at + 4, 512);
	}
	return 0;
}

/* A failure always comes with a message, anything else never does. */
static inline int fswalk_result(int err)
{
	if ((err < 0) != (err_text()[0] != 0))
		abort();
	err_clear();
	return err;
}

static inline void fswalk_add(struct fswalk *w, const char *dir,
			      const char *name)
{
	size_t a = strlen(dir), b = strlen(name);

	if (w->n == FSWALK_FILES || a + b + 2 > FSWALK_PATH)
		return;
	memcpy(w->path[w->n], dir, a);
	w->path[w->n][a] = '/';
	memcpy(w->path[w->n++] + a + 1, name, b + 1);
}

static inline int fswalk_each(void *ctx, const struct fs_dirent *d)
{
	struct fswalk *w = ctx;

	if (!d->name[0] || strchr(d->name, '/'))
		abort();
	fswalk_add(w, w->dir, d->name);
	return w->n == FSWALK_FILES;
}

/* A piece of F, into a buffer with not a byte to spare. */
static inline void fswalk_piece(struct file *f, uint64_t off, size_t len)
{
	uint8_t *buf = malloc(len);

	fswalk_result(fs_read(f, off, len, buf));
	free(buf);
}

static inline void fswalk_file(struct file *f)
{
	size_t most = f->size < 1024 ? f->size : 1024;
	struct extent run;

	fswalk_piece(f, 0, most);
	fswalk_piece(f, f->size - most, most);
	fswalk_piece(f, f->size / 2, f->size > 100000 ? 50000 : most / 2);
	fswalk_piece(f, f->size, 0);
	if (fs_read(f, f->size, 1, &run) != ERR_FILE_LENGTH)
		abort();
	err_clear();
	for (uint64_t off = 0, i = 0; off < f->size && i < 100; i++) {
		if (fswalk_result(f->fs->driver->map(f, off, &run)))
			break;
		if (!run.len || (run.kind == EXTENT_DISK &&
				 run.disk + run.len < run.disk))
			abort();
		off += run.len;
	}
}

static inline void fswalk_one(struct fswalk *w, const char *path)
{
	struct file f;

	w->dir = path;
	if (fswalk_result(fs_open(&w->fs, path, &f)))
		return;
	if (f.is_dir)
		fswalk_result(fs_list(&f, fswalk_each, w));
	else
		fswalk_file(&f);
}

static inline void fswalk(const struct fs_driver *driver, const uint8_t *data,
			  size_t len)
{
	static struct fswalk w;
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct blk blk = { .name = "hd0", .read = fswalk_read, .priv = &w };
	int err;

	if (len < 4)
		return;
	blk.count = fswalk_u32(data) % FSWALK_SECTORS_MAX;
	blk.sector = data[3] & 0x80 ? 4096 : 512;
	w.data = data;
	w.len = len;
	w.n = 0;
	err_clear();
	if (blk_cache_attach(&blk, &arena))
		abort();
	w.fs = (struct fs){ .driver = driver, .blk = &blk, .arena = &arena };
	err = driver->mount(&w.fs);
	if (err == ERR_NOTMINE && !err_text()[0])
		return;
	if (fswalk_result(err))
		return;
	fswalk_one(&w, "/");
	fswalk_one(&w, "/boot/grub/menu.lst");
	fswalk_one(&w, "//link/../LINK/./");
	for (w.done = 0; w.done < w.n; w.done++) {
		size_t mark = arena_mark(&arena);

		fswalk_one(&w, w.path[w.done]);
		arena_release(&arena, mark);
	}
}

#endif
