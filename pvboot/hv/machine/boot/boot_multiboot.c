/*
 * Multiboot Specification 0.6.96, section 3.3: memory map, modules, command
 * line.
 */
#include "pvboot/hv/machine/boot/boot_multiboot.h"

#include "loader/abi/multiboot.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/memory.h"

static void read_map(const struct multiboot_info *mi)
{
	uint64_t at = mi->mmap_addr, end = at + mi->mmap_length;

	while (at + sizeof(struct multiboot_mmap) <= end) {
		const struct multiboot_mmap *e = ma_va(at);

		at += (uint64_t)e->size + 4;
		memory_found_e820(e->type, e->addr, e->len);
	}
}

void boot_multiboot_read(uint32_t info)
{
	const struct multiboot_info *mi = ma_va(info);
	const struct multiboot_module *m = ma_va(mi->mods_addr);

	if (!(mi->flags & MULTIBOOT_INFO_MMAP))
		panic("the boot loader gave no memory map");
	read_map(mi);
	if (mi->flags & MULTIBOOT_INFO_CMDLINE)
		memory_found_cmdline(mi->cmdline);
	for (unsigned i = 0; mi->flags & MULTIBOOT_INFO_MODS &&
			     i < mi->mods_count; i++)
		memory_found_module(m[i].mod_start, m[i].mod_end, m[i].string);
}
