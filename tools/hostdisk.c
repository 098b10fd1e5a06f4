/* Disk images through pread(2). */
#include "tools/hostdisk.h"

#include <errno.h>
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
				    (off_t)(lba * b->sector + done));

		if (got <= 0)
			return fail(ERR_READ, "%s: sector %lu: %s", b->name,
				    lba, got ? strerror(errno) : "end of file");
		done += (size_t)got;
	}
	return 0;
}

int hostdisk_attach(struct hostdisk *d, const char *name, int fd,
		    uint32_t sector)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0)
		return fail(ERR_READ, "%s: %s", name, strerror(errno));
	d->fd = fd;
	d->blk = (struct blk){
		.sector = sector, .count = (uint64_t)size / sector,
		.read = hostdisk_read, .priv = d,
	};
	snprintf(d->blk.name, sizeof(d->blk.name), "%s", name);
	return 0;
}

uint32_t hostdisk_sector(int fd)
{
	char magic[2][8] = { 0 };

	if (pread(fd, magic[0], 8, 512) != 8 || pread(fd, magic[1], 8, 4096) != 8)
		return 512;
	return memcmp(magic[0], "EFI PART", 8) &&
	       !memcmp(magic[1], "EFI PART", 8) ? 4096 : 512;
}
