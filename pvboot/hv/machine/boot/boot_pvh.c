/*
 * Xen's docs/misc/pvh.pandoc and its public start_info.h: memory map,
 * modules, command line, ACPI's root pointer.
 */
#include "pvboot/hv/machine/boot/boot_pvh.h"

#include <stdint.h>
#include <xen/arch-x86/hvm/start_info.h>

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/memory.h"

_Static_assert(BOOT_PVH_MAGIC == XEN_HVM_START_MAGIC_VALUE, "start_info.h");

/* Our first tables reach no farther. */
static uint64_t below_4g(uint64_t ma)
{
	if (ma >> 32)
		panic("PVH: information above 4 GiB");
	return ma;
}

/*
 * A module's line.  Where there is none, QEMU 10's qboot leaves what was on its
 * stack: only text in memory is one.
 */
static uint64_t line(uint64_t ma)
{
	const char *s;

	for (uint64_t at = ma; !(at >> 32) && memory_is_ram(at); at++) {
		s = ma_va(at);
		if (!*s)
			return ma;
		if (*s < ' ' || *s > '~')
			return 0;
	}
	return 0;
}

void boot_pvh_read(uint32_t info)
{
	const struct hvm_start_info *si = ma_va(info);
	const struct hvm_memmap_table_entry *e;
	const struct hvm_modlist_entry *m;

	if (si->magic != BOOT_PVH_MAGIC || si->version < 1)
		panic("PVH: no memory map");
	e = ma_va(below_4g(si->memmap_paddr));
	for (uint32_t i = 0; i < si->memmap_entries; i++)
		memory_found_e820(e[i].type, e[i].addr, e[i].size);
	m = ma_va(below_4g(si->modlist_paddr));
	for (uint32_t i = 0; i < si->nr_modules; i++)
		memory_found_module(m[i].paddr, m[i].paddr + m[i].size,
				    line(m[i].cmdline_paddr));
	memory_found_cmdline(below_4g(si->cmdline_paddr));
	boot_info.rsdp = si->rsdp_paddr;
}
