/*
 * Follows a boot block's list of extents.  What it says is the disk's word: it
 * is bounded here, and what was read is for the caller to verify.
 */
#include "loader/disk/bootlist.h"

#include "loader/base/err.h"

int bootlist_read(struct blk *disk, const struct boot_list *list, unsigned from,
		  unsigned max, uint32_t skip, uint32_t sectors, uint8_t *to)
{
	int err = 0;

	for (unsigned i = from; sectors && !err; i++) {
		uint64_t lba;
		uint32_t n;

		if (i >= max || !(n = list->extent[i].sectors))
			return fail(ERR_READ, "the boot block's list of "
				    "extents ends too early");
		if (skip >= n) {
			skip -= n;
			continue;
		}
		lba = list->extent[i].lba + skip;
		n -= skip;
		skip = 0;
		if (n > sectors)
			n = sectors;
		err = blk_read(disk, lba, n, to);
		to += n * 512ul;
		sectors -= n;
	}
	return err;
}
