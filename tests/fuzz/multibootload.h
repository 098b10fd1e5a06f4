/*
 * Any bytes as an image of a Multiboot FORMAT, with two modules: the pieces lie
 * in free RAM and not on each other, or this aborts.
 */
#ifndef TESTS_FUZZ_MULTIBOOTLOAD_H
#define TESTS_FUZZ_MULTIBOOTLOAD_H

#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"

static inline void multibootload_check(const struct handover *ho,
				       const struct memmap *map)
{
	uint64_t at;

	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		if (p->len > p->size ||
		    memmap_find_low(map, p->size, 1, p->addr,
				    p->addr + p->size, &at))
			abort();
		if (p->file && p->file_off + p->len > p->file->size)
			abort();
		/* Segments of one image may overlap: that is its affair. */
		for (unsigned j = 0; j < i; j++)
			if (ho->piece[j].role != p->role &&
			    p->addr < ho->piece[j].addr + ho->piece[j].size &&
			    ho->piece[j].addr < p->addr + p->size)
				abort();
	}
}

static inline void multibootload(const struct kernel_format *format,
				 const uint8_t *data, size_t size)
{
	static uint8_t room[1 << 20];
	static struct memmap map;
	static struct handover ho;
	struct arena arena = { room, sizeof(room), 0 };
	struct boot_entry e = { .kernel_path = "k", .args = "a",
		.n_modules = 2, .module = { { .path = "m", .args = "" },
					    { .path = "n", .args = "b" } } };

	map.n = 0;
	memmap_add(&map, 0x1000, 0x9f000, MEM_RAM);
	memmap_add(&map, 0x100000, 64 << 20, MEM_RAM);
	memmap_set(&map, 0x300000, 0x301000, MEM_RESERVED);
	fs_mem_file(&e.kernel, data, size);
	fs_mem_file(&e.module[0].file, data, size);
	fs_mem_file(&e.module[1].file, data, size / 2);
	ho = (struct handover){ 0 };
	err_clear();
	if (!format->load(&e, &map, &arena, &ho))
		multibootload_check(&ho, &map);
}

#endif
