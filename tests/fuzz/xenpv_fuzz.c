/* Any bytes as a Xen PV kernel: parsed, laid out, its pieces in range. */
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/xenpv/xenpv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t room[1 << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memmap map = { 1, { { 0, 128ul << 20, MEM_RAM } } };
	static struct boot_entry e;
	static struct handover ho;
	struct arena a = { room, sizeof(room), 0 };
	const struct xenpv *x;

	e = (struct boot_entry){ .kernel_path = "k", .args = "a",
		.n_modules = size & 1, .initrd_given = size & 2 };
	e.module[0].args = "m";
	fs_mem_file(&e.module[0].file, data, size);
	fs_mem_file(&e.kernel, data, size);
	ho.n = 0;
	err_clear();
	if (xenpv_format.load(&e, &map, &a, &ho)) {
		if (!err_text()[0])
			abort();
		return 0;
	}
	x = ho.extra.xenpv;
	if (x->end > x->nr_pages || x->map_end > x->nr_pages)
		abort();
	for (unsigned i = 0; i < ho.n; i++)
		if (ho.piece[i].addr + ho.piece[i].size > x->end * 4096)
			abort();
	return 0;
}
