/*
 * Any bytes as a Linux kernel, in a small machine and one with memory above
 * 4 GiB: pieces must lie in free RAM and not on each other.
 */
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/linux/linux_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct handover *ho, const struct memmap *map)
{
	uint64_t at;

	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		if (!p->size || p->len > p->size ||
		    memmap_find_low(map, p->size, 1, p->addr,
				    p->addr + p->size, &at))
			abort();
		if (p->file && p->file_off + p->len > p->file->size)
			abort();
		for (unsigned j = 0; j < i; j++)
			if (p->addr < ho->piece[j].addr + ho->piece[j].size &&
			    ho->piece[j].addr < p->addr + p->size)
				abort();
	}
}

static void load(const uint8_t *data, size_t size, const struct memmap *map)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	static struct handover ho;
	struct boot_entry e = { .kernel_path = "k", .args = "quiet vga=1",
		.initrd_given = true, .n_modules = 2,
		.module = { { .path = "a" }, { .path = "b" } } };

	fs_mem_file(&e.kernel, data, size);
	fs_mem_file(&e.module[0].file, data, size / 2);
	fs_mem_file(&e.module[1].file, data, size);
	ho = (struct handover){ 0 };
	err_clear();
	if (!linux_format.load(&e, map, &arena, &ho))
		check(&ho, map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memmap map;
	struct file f;
	uint64_t off, len;

	map.n = 0;
	memmap_add(&map, 0x1000, 0x9f000, MEM_RAM);
	memmap_add(&map, 0x100000, 64 << 20, MEM_RAM);
	load(data, size, &map);
	memmap_add(&map, 0x100000000, 0x180000000, MEM_RAM);
	load(data, size, &map);
	fs_mem_file(&f, data, size);
	if (!linux_payload(&f, &off, &len) && (off > size || len > size - off))
		abort();
	return 0;
}
