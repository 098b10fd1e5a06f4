/* Writing bytes where the disk has sectors. */
#include "loader/disk/blk.h"

#include <string.h>

/* LEN bytes from IN on of the one sector LBA. */
static int write_part(struct blk *b, uint64_t lba, size_t in, size_t len,
		      const void *buf)
{
	uint8_t sector[4096];
	int err = blk_read(b, lba, 1, sector);

	if (err)
		return err;
	memcpy(sector + in, buf, len);
	return blk_write(b, lba, 1, sector);
}

int blk_pwrite(struct blk *b, uint64_t off, size_t len, const void *buf)
{
	const uint8_t *from = buf;
	int err = 0;

	while (len && !err) {
		size_t in = off % b->sector, n = b->sector - in;

		if (in || len < b->sector) {
			if (n > len)
				n = len;
			err = write_part(b, off / b->sector, in, n, from);
		} else {
			uint64_t sectors = len / b->sector;

			if (sectors > UINT32_MAX)
				sectors = UINT32_MAX;
			n = sectors * b->sector;
			err = blk_write(b, off / b->sector, (uint32_t)sectors,
					from);
		}
		off += n;
		from += n;
		len -= n;
	}
	return err;
}
