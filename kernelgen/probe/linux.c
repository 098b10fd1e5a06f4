/*
 * The probe started as a Linux kernel: what boot_params says, from whichever
 * entry.  Memory is mapped by ourselves, for an initrd may lie above 4 GiB.
 */
#include <asm/bootparam.h>

#include "kernelgen/probe/probe.h"

#define GIB 32		/* mapped, at most */
#define PAGE_2M 0x83	/* present, writable, large */

uint64_t probe_pml4[512] __attribute__((aligned(4096)));
uint64_t probe_pdpt[512] __attribute__((aligned(4096)));
uint64_t probe_pd[GIB * 512] __attribute__((aligned(4096)));

static void map_all(void)
{
	for (uint64_t i = 0; i < GIB * 512; i++)
		probe_pd[i] = i << 21 | PAGE_2M;
	for (unsigned i = 0; i < GIB; i++)
		probe_pdpt[i] = (uint64_t)&probe_pd[i * 512] | 3;
	probe_pml4[0] = (uint64_t)probe_pdpt | 3;
	__asm__ volatile("mov %0, %%cr3" : : "r"(probe_pml4) : "memory");
}

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

/* EFI's configuration table with the GUID of ACPI 2.0 (UEFI 4.6). */
static uint64_t efi_rsdp(const struct boot_params *bp)
{
	static const uint64_t acpi20[2] = { 0x11d3e4f18868e871,
					    0x81883cc7800022bc };
	const uint64_t *systab = (const void *)
		((uint64_t)bp->efi_info.efi_systab_hi << 32 |
		 bp->efi_info.efi_systab);
	const uint64_t *table = (const void *)systab[14];

	for (uint64_t i = 0; i < systab[13] && i < 100; i++, table += 3)
		if (table[0] == acpi20[0] && table[1] == acpi20[1])
			return table[2];
	return 0;
}

void probe_linux(struct boot_params *bp, unsigned entry, uint64_t tsc)
{
	const char *name = entry == 2 ? "linux64" :
			   entry == 1 ? "linux32" : "linux16";
	uint64_t cmdline = (uint64_t)bp->ext_cmd_line_ptr << 32 |
			   bp->hdr.cmd_line_ptr;
	uint64_t initrd = (uint64_t)bp->ext_ramdisk_image << 32 |
			  bp->hdr.ramdisk_image;
	uint64_t rsdp = bp->acpi_rsdp_addr;
	struct probe p = { .tsc = tsc };

	map_all();
	/* "EL64": the loader came from a 64-bit EFI. */
	if (bp->efi_info.efi_loader_signature == 0x34364c45) {
		name = "linux64-efi";
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
