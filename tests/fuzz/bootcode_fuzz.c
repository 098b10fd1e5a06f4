/*
 * Any bytes as a disk with boot code: its lists, both parts of stage 2, hv.elf.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/bootblock.h"
#include "tests/memdisk.h"
#include "tools/host/disk/bootcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void open_hv(struct blk *disk)
{
	static uint8_t room[BOOT_HV_MAX + 4096];
	struct arena arena = { room, sizeof(room), 0 };
	struct platform p = { .arena = &arena, .disk = &disk };
	struct file f;
	uint8_t last;
	int err;

	err_clear();
	err = bootcode_open_hv(&p, &f);
	if (err ? !err_text()[0] != (err == ERR_FILE_NOT_FOUND) :
	    fs_read(&f, f.size - 1, 1, &last))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);
	bool no_second;
	char why[128];
	struct memdisk disk;

	memcpy(copy, data, len);
	memdisk_init(&disk, copy, len, 512);
	err_clear();
	bootcode_bios(&disk.blk, why, &no_second);
	if (err_text()[0] || strlen(why) >= sizeof(why))
		abort();
	open_hv(&disk.blk);
	free(copy);
	return 0;
}
