/*
 * hv.elf from beside stage 2, where the boot block's list says, whole into
 * memory.  Part of the second part, whose extents come before its own.
 */
#include "loader/disk/boothv.h"
#include "mbr/bios/bios.h"
#include "mbr/bios/layout.h"
#include "mbr/bios/second.h"

extern const struct stage2_head bios_stage2_head;

int bios_hv_open(const struct platform *p, struct file *out)
{
	bool ext = bios_boot_list == BLOCK_ADDR + BOOT_EXT_LIST;
	struct boothv hv = {
		.disk = p->disk[0],
		.list = (void *)(uintptr_t)bios_boot_list,
		.max = ext ? BOOT_EXT_EXTENTS : BOOT_MBR_EXTENTS,
		.skip = bios_stage2_head.second / 512,
	};
	uint64_t at;
	int err;

	if ((err = boothv_find(&hv)) ||
	    (err = bios_second_take(p->memmap, "hv.elf", boothv_room(&hv),
				    &at)) ||
	    (err = boothv_read(&hv, (uint8_t *)at)))
		return err;
	fs_mem_file(out, (void *)at, hv.head.size);
	return 0;
}
