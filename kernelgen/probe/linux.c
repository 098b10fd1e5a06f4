/*
 * The probe started as a Linux kernel: what boot_params says, from whichever
 * entry.
 */
#include <asm/bootparam.h>

#include "kernelgen/probe/probe.h"

static uint64_t e820_ram(const struct boot_e820_entry *e, unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		if (e[i].type == 1)
			sum += e[i].size;
	return sum;
}

static uint64_t memory(const struct boot_params *bp)
{
	uint64_t sum = e820_ram(bp->e820_table, bp->e820_entries);
	uint64_t at = bp->hdr.version >= 0x209 ? bp->hdr.setup_data : 0;

	for (unsigned i = 0; at && i < 100; i++) {
		const struct setup_data *d = (const void *)at;

		if (d->type == SETUP_E820_EXT)
			sum += e820_ram((const void *)d->data,
					d->len / sizeof(bp->e820_table[0]));
		at = d->next;
	}
	return sum;
}

static uint64_t efi_rsdp(const struct boot_params *bp)
{
	return acpi_efi_rsdp((uint64_t)bp->efi_info.efi_systab_hi << 32 |
			     bp->efi_info.efi_systab);
}

void probe_start(const void *info, unsigned entry, uint64_t tsc)
{
	const struct boot_params *bp = info;
	const char *name = entry == 2 ? "linux64" :
			   entry == 1 ? "linux32" : "linux16";
	uint64_t cmdline = (uint64_t)bp->ext_cmd_line_ptr << 32 |
			   bp->hdr.cmd_line_ptr;
	uint64_t initrd = (uint64_t)bp->ext_ramdisk_image << 32 |
			  bp->hdr.ramdisk_image;
	uint64_t rsdp = bp->acpi_rsdp_addr;
	struct probe p = { .tsc = tsc };

	probe_map_all();
	/* "EL64": the loader came from a 64-bit EFI. */
	if (bp->efi_info.efi_loader_signature == 0x34364c45) {
		name = entry == 2 ? "linux64-efi" : "linux32-efi";
		rsdp = efi_rsdp(bp);
	}
	p.entry = name;
	p.cmdline = cmdline ? (const char *)cmdline : "";
	p.initrd = (const void *)initrd;
	p.initrd_len = (uint64_t)bp->ext_ramdisk_size << 32 |
		       bp->hdr.ramdisk_size;
	p.memory = memory(bp);
	serial_init();
	probe_report(&p, serial_write);
	acpi_poweroff(rsdp);
}
