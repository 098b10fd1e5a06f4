/*
 * Any bytes as the first disk, in the form of fswalk.h: a menu is looked for on
 * all of its partitions, and what is found is run, with the boot record if it
 * asks for that.  However it goes, the menu must end, wait, or start a file
 * that begins as our made-up kernels do.
 */
#include "tests/fuzz/fswalk.h"

#include "tests/fakeplat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[1 << 20];
	struct fswalk w = { .data = data, .len = len };
	struct blk blk = { .name = "hd0", .read = fswalk_read, .priv = &w };
	struct blk *disks[] = { &blk };

	if (len < 4)
		return 0;
	blk.count = fswalk_u32(data) % FSWALK_SECTORS_MAX;
	blk.sector = data[3] & 0x80 ? 4096 : 512;
	fake_init(disks, 1, room, sizeof(room));
	fake.patience = 20000;
	fake_press(100, '\n');
	fake_press(5000, '\n');
	fake_press(10000, 'b');
	if (fake_run(NULL, NULL) == FAKE_STARTED &&
	    (fake.n_loaded < 6 || memcmp(fake.loaded, "KERNEL", 6)))
		abort();
	return 0;
}
