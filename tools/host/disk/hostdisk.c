/* Disk images through pread(2). */
#include "tools/host/disk/hostdisk.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "loader/base/err.h"

static int hostdisk_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	const struct hostdisk *d = b->priv;
	size_t len = (size_t)n * b->sector, done = 0;

	while (done < len) {
		ssize_t got = pread(d->fd, (char *)buf + done, len - done,
				    (off_t)(d->offset + lba * b->sector +
					    done));

		if (got <= 0)
			return fail(ERR_READ, "%s: sector %lu: %s", b->name,
				    lba, got ? strerror(errno) : "end of file");
		done += (size_t)got;
	}
	return 0;
}

static int hostdisk_write(struct blk *b, uint64_t lba, uint32_t n,
			  const void *buf)
{
	const struct hostdisk *d = b->priv;
	size_t len = (size_t)n * b->sector, done = 0;

	while (done < len) {
		ssize_t put = pwrite(d->fd, (const char *)buf + done,
				     len - done, (off_t)(d->offset +
				     lba * b->sector + done));

		if (put <= 0)
			return fail(ERR_WRITE, "%s: sector %lu: %s", b->name,
				    lba, strerror(errno));
		done += (size_t)put;
	}
	return 0;
}

static int hostdisk_flush(struct blk *b)
{
	const struct hostdisk *d = b->priv;

	return fsync(d->fd) ? fail(ERR_WRITE, "%s: %s", b->name,
				   strerror(errno)) : 0;
}

void hostdisk_writable(struct hostdisk *d)
{
	d->blk.write = hostdisk_write;
	d->blk.flush = hostdisk_flush;
}

int hostdisk_attach(struct hostdisk *d, const char *name, int fd,
		    uint32_t sector)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0)
		return fail(ERR_READ, "%s: %s", name, strerror(errno));
	d->fd = fd;
	d->offset = 0;
	d->blk = (struct blk){
		.sector = sector, .count = (uint64_t)size / sector,
		.read = hostdisk_read, .priv = d,
	};
	snprintf(d->blk.name, sizeof(d->blk.name), "%s", name);
	return 0;
}

static bool magic_at(int fd, uint64_t off, const char *magic, size_t len)
{
	char got[8];

	return pread(fd, got, len, (off_t)off) == (ssize_t)len &&
	       !memcmp(got, magic, len);
}

/*
 * An ext superblock (its magic number; of group 0: it is no copy), or FAT's
 * boot sector.
 */
static bool has_fs(int fd, uint64_t off)
{
	return (magic_at(fd, off + 1080, "\x53\xef", 2) &&
		magic_at(fd, off + 1114, "\0\0", 2)) ||
	       magic_at(fd, off + 510, "\x55\xaa", 2);
}

/* Nothing but the tables' own numbers tells; an MBR's are the weakest. */
uint32_t hostdisk_sector(int fd)
{
	uint8_t lba[4];
	uint64_t first;

	if (magic_at(fd, 512, "EFI PART", 8))
		return 512;
	if (magic_at(fd, 4096, "EFI PART", 8))
		return 4096;
	if (!magic_at(fd, 510, "\x55\xaa", 2))
		return 512;
	if (magic_at(fd, 11, "\x00\x10", 2))	/* FAT: BPB_BytsPerSec */
		return 4096;
	if (pread(fd, lba, 4, 446 + 8) != 4)	/* the first entry's */
		return 512;
	first = lba[0] | lba[1] << 8 | lba[2] << 16 | (uint64_t)lba[3] << 24;
	return first && !has_fs(fd, first * 512) && has_fs(fd, first * 4096) ?
	       4096 : 512;
}
