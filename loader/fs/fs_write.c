/* Bytes of a file written over in place. */
#include "loader/fs/fs.h"

#include "loader/base/err.h"

/* The piece at OFF, as far as LEN goes. */
static int piece(struct file *f, uint64_t off, size_t len, struct extent *run)
{
	int err = f->fs->driver->map(f, off, run);

	if (err)
		return err;
	if (run->kind != EXTENT_DISK)
		return fail(ERR_WRITE, "the file's bytes have no place of "
			    "their own on the disk");
	if (run->len > len)
		run->len = len;
	return 0;
}

/* All of it is looked at before any of it is written. */
static int check(struct file *f, uint64_t off, size_t len)
{
	struct extent run;
	int err;

	if (off > f->size || len > f->size - off)
		return fail(ERR_FILE_LENGTH, "bytes %lu+%zu of %lu", off, len,
			    f->size);
	if (f->sealed)
		return fail(ERR_WRITE, "the file is sealed");
	for (; len; off += run.len, len -= run.len)
		if ((err = piece(f, off, len, &run)))
			return err;
	return 0;
}

int fs_write(struct file *f, uint64_t off, size_t len, const void *buf)
{
	const uint8_t *from = buf;
	struct extent run;
	int err = check(f, off, len);

	while (!err && len) {
		err = piece(f, off, len, &run);
		if (!err)
			err = blk_pwrite(f->fs->blk, run.disk, run.len, from);
		off += run.len;
		from += run.len;
		len -= run.len;
	}
	return err ? err : blk_flush(f->fs->blk);
}
