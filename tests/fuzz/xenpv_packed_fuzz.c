/*
 * Any bytes as a packed Xen PV kernel: unpacked within the arena, or refused
 * with an error.
 */
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t room[4 << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memmap map = { 1, { { 0, 128ul << 20, MEM_RAM } } };
	static struct boot_entry e;
	static struct handover ho;
	struct arena a = { room, sizeof(room), 0 };

	if (!xenpv_packed_format.probe(span_of(data, size < 4096 ? size
						      : 4096)))
		return 0;
	e = (struct boot_entry){ .kernel_path = "k", .args = "" };
	fs_mem_file(&e.kernel, data, size);
	ho.n = 0;
	err_clear();
	if (xenpv_packed_format.load(&e, &map, &a, &ho) && !err_text()[0])
		abort();
	return 0;
}
