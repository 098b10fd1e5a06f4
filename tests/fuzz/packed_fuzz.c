/*
 * Any bytes as a gzip'd kernel and module of a Multiboot or Linux entry: memory
 * is bounded, pieces lie in files, and what is wrong has its message.
 */
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/platform.h"
#include "loader/unpack/unpack.h"

#define MOST (256u << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int unpack(const struct platform *p, const char *path, struct file *f,
		  struct file *out)
{
	uint64_t size;
	uint8_t *mem;
	int err = unpack_size(f, 0, f->size, &size);

	if (err)
		return err;
	for (int i = 0; i < 2; i++) {
		if (size > MOST)
			return fail(ERR_NO_MEMORY, "%s", path);
		/* One byte more would be seen. */
		mem = arena_alloc_raw(p->arena, size, 1);
		if (!mem)
			return ERR_NO_MEMORY;
		fs_mem_file(out, mem, size);
		err = unpack_gunzip(f, path, p->arena, mem, &size);
		if (err != UNPACK_OTHER_SIZE)
			return err;
	}
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kernel_format *const formats[] = {
		&linux_format, &efi_format, &multiboot_format, NULL
	};
	static uint8_t room[4 << 20];
	static struct memmap map;
	static struct handover ho;
	struct arena arena = { room, sizeof(room), 0 };
	const struct platform p = { .arena = &arena, .unpack = unpack };
	struct boot_entry e = { .kernel_path = "k", .args = "a",
		.platform = &p, .n_modules = 1,
		.module = { { .path = "m", .args = "" } } };
	size_t half = size ? data[0] * (size - 1) / 256 : 0;

	map.n = 0;
	memmap_add(&map, 0x1000, 0x9f000, MEM_RAM);
	memmap_add(&map, 0x100000, 64 << 20, MEM_RAM);
	fs_mem_file(&e.kernel, data + !!size, size ? size - 1 : 0);
	fs_mem_file(&e.module[0].file, data + !!size + half,
		    size ? size - 1 - half : 0);
	err_clear();
	if (kernel_load(formats, &e, &map, &arena, &ho)) {
		if (!err_text()[0])
			abort();
		return 0;
	}
	for (unsigned i = 0; i < ho.n; i++)
		if (ho.piece[i].file && ho.piece[i].file_off + ho.piece[i].len >
		    ho.piece[i].file->size)
			abort();
	return 0;
}
