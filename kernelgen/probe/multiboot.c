/* The probe started by Multiboot 0.6.96: 3.3, the information structure. */
#include "kernelgen/probe/probe.h"
#include "loader/abi/multiboot.h"
#include "loader/base/fmt.h"

static const void *at(uint32_t addr)
{
	return (const void *)(uintptr_t)addr;
}

static uint64_t memory(const struct multiboot_info *info)
{
	const struct multiboot_mmap *m = at(info->mmap_addr);
	uint64_t sum = 0;

	if (!(info->flags & MULTIBOOT_INFO_MMAP))
		return 0;
	for (uint32_t i = 0; i < info->mmap_length / sizeof(*m); i++)
		if (m[i].type == 1)
			sum += m[i].len;
	return sum;
}

static const char *tell(const struct multiboot_info *info)
{
	static char text[320];
	const struct multiboot_apm *apm = at(info->apm_table);
	size_t n = fmt(text, sizeof(text), ",\"flags\":%u,\"upper\":%u",
		       info->flags, info->mem_upper);

	if (info->flags & MULTIBOOT_INFO_APM)
		n += fmt(text + n, sizeof(text) - n, ",\"apm\":%u",
			 apm->version);
	if (info->flags & MULTIBOOT_INFO_DRIVES)
		n += fmt(text + n, sizeof(text) - n, ",\"drives\":%lu",
			 info->drives_length / sizeof(struct multiboot_drive));
	if (info->flags & MULTIBOOT_INFO_ELF_SECTIONS)
		n += fmt(text + n, sizeof(text) - n, ",\"sections\":%u",
			 info->syms_num);
	if (info->flags & MULTIBOOT_INFO_VBE)
		n += fmt(text + n, sizeof(text) - n, ",\"vbe\":%u,"
			 "\"vbe_signature\":\"%.4s\"", info->vbe_mode,
			 (const char *)at(info->vbe_control_info));
	if (info->flags & MULTIBOOT_INFO_FRAMEBUFFER)
		fmt(text + n, sizeof(text) - n, ",\"picture\":[%u,%u,%u,%u]",
		    info->framebuffer_type, info->framebuffer_width,
		    info->framebuffer_height, info->framebuffer_bpp);
	return text;
}

void probe_start(const void *told, unsigned entry, uint64_t tsc)
{
	const struct multiboot_info *info = told;
	struct probe p = { .tsc = tsc, .cmdline = "",
		.entry = entry == MULTIBOOT_LOADER_MAGIC ? "multiboot" :
			 "unknown" };

	probe_map_all();
	if (info->flags & MULTIBOOT_INFO_CMDLINE)
		p.cmdline = at(info->cmdline);
	if (info->flags & MULTIBOOT_INFO_MODS && info->mods_count) {
		const struct multiboot_module *m = at(info->mods_addr);

		p.initrd = at(m->mod_start);
		p.initrd_len = m->mod_end - m->mod_start;
	}
	p.memory = memory(info);
	p.told = tell(info);
	serial_init();
	probe_report(&p, serial_write);
	acpi_poweroff(0);
}
