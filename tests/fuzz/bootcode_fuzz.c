/* Any bytes as a disk with boot code: its lists and both parts of stage 2. */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "tests/memdisk.h"
#include "tools/host/bootcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

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
	free(copy);
	return 0;
}
