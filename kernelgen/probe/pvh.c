/* The probe started by PVH: Xen's public start_info.h. */
#include "loader/abi/xen.h"

#include <xen/arch-x86/hvm/start_info.h>

#include "kernelgen/probe/probe.h"

static uint64_t memory(const struct hvm_start_info *info)
{
	const struct hvm_memmap_table_entry *e =
		(const void *)info->memmap_paddr;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < info->memmap_entries; i++)
		if (e[i].type == XEN_HVM_MEMMAP_TYPE_RAM)
			sum += e[i].size;
	return sum;
}

void probe_start(const void *told, unsigned entry, uint64_t tsc)
{
	const struct hvm_start_info *info = told;
	struct probe p = { .tsc = tsc, .cmdline = "",
		.entry = entry == XEN_HVM_START_MAGIC_VALUE &&
			 info->version >= 1 ? "pvh" : "unknown" };

	probe_map_all();
	if (info->cmdline_paddr)
		p.cmdline = (const char *)info->cmdline_paddr;
	if (info->nr_modules) {
		const struct hvm_modlist_entry *m =
			(const void *)info->modlist_paddr;

		p.initrd = (const void *)m->paddr;
		p.initrd_len = m->size;
	}
	p.memory = memory(info);
	serial_init();
	probe_report(&p, serial_write);
	acpi_poweroff(info->rsdp_paddr);
}
