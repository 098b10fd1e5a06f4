/*
 * Any bytes as a file that carries a kernel, read by FORMAT: all that the
 * pieces name can be read, and what is wrong has its message, or this aborts.
 */
#ifndef TESTS_FUZZ_CARRIEDLOAD_H
#define TESTS_FUZZ_CARRIEDLOAD_H

#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/hash.h"
#include "loader/kernel/formats.h"
#include "loader/platform.h"

static inline void carriedload_write(const char *s, size_t len)
{
}

static inline void carriedload(const struct kernel_format *format,
			       const uint8_t *data, size_t size)
{
	const struct kernel_format *const formats[] = { format, NULL };
	static uint8_t room[1 << 20];
	static struct memmap map;
	static struct handover ho;
	struct arena arena = { room, sizeof(room), 0 };
	struct platform platform = { .arena = &arena, .hash = hash_file,
				     .write = carriedload_write };
	struct boot_entry e = { .kernel_path = "k", .args = "",
				.platform = &platform };

	map.n = 0;
	memmap_add(&map, 0x1000, 0x9f000, MEM_RAM);
	memmap_add(&map, 0x100000, 64 << 20, MEM_RAM);
	fs_mem_file(&e.kernel, data, size);
	err_clear();
	if (kernel_load(formats, &e, &map, &arena, &ho)) {
		if (!err_text()[0])
			abort();
		return;
	}
	for (unsigned i = 0; i < ho.n; i++) {
		const struct piece *p = &ho.piece[i];
		uint8_t last;

		if (p->file && p->len &&
		    fs_read(p->file, p->file_off + p->len - 1, 1, &last))
			abort();
	}
}

#endif
