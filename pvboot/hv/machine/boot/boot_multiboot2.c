/*
 * Multiboot2 Specification 2.0, section 3.6: the same as tags, and ACPI's root
 * pointer as a copy.
 */
#include "pvboot/hv/machine/boot/boot_multiboot2.h"

#include "loader/abi/multiboot2.h"
#include "pvboot/hv/machine/memory.h"

static void read_map(uint64_t at)
{
	const struct multiboot2_mmap *map = ma_va(at);
	uint64_t end = at + map->tag.size;

	for (at += sizeof(*map); map->entry_size >= sizeof(map->entry[0]) &&
				 at + map->entry_size <= end;
	     at += map->entry_size) {
		const struct multiboot2_mmap_entry *e = ma_va(at);

		memory_found_e820(e->type, e->addr, e->len);
	}
}

static void read_tag(uint64_t at)
{
	const struct multiboot2_tag *tag = ma_va(at);
	const struct multiboot2_module *m = ma_va(at);

	switch (tag->type) {
	case MULTIBOOT2_CMDLINE:
		memory_found_cmdline(at + sizeof(*tag));
		break;
	case MULTIBOOT2_MODULE:
		memory_found_module(m->mod_start, m->mod_end, at + sizeof(*m));
		break;
	case MULTIBOOT2_MMAP:
		read_map(at);
		break;
	}
}

void boot_multiboot2_read(uint32_t info)
{
	const struct multiboot2_info *all = ma_va(info);
	uint64_t at = (uint64_t)info + sizeof(*all);
	uint64_t end = (uint64_t)info + all->total_size;

	while (at + sizeof(struct multiboot2_tag) <= end) {
		const struct multiboot2_tag *tag = ma_va(at);

		if (tag->type == MULTIBOOT2_END || tag->size < sizeof(*tag))
			return;
		read_tag(at);
		at += ((uint64_t)tag->size + MULTIBOOT2_ALIGN - 1) &
		      -(uint64_t)MULTIBOOT2_ALIGN;
	}
}
