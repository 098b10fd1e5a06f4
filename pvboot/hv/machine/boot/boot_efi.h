/* What hv.efi, which brings us into memory, has from the firmware. */
#ifndef PVBOOT_HV_MACHINE_BOOT_BOOT_EFI_H
#define PVBOOT_HV_MACHINE_BOOT_BOOT_EFI_H

#define BOOT_EFI_MAGIC 0x69666576

#ifndef __ASSEMBLER__
#include <stdint.h>

#include "pvboot/hv/machine/memory.h"

struct boot_efi_range {
	uint64_t start, end;
	enum memory_kind kind;
};

/* It and what it points to lie below 4 GiB. */
struct boot_efi {
	uint64_t rsdp;
	struct screen screen;
	uint32_t tree;		/* a device tree's address; 0: there is none */
	uint32_t n;
	struct boot_efi_range range[];
};

/* Tell memory.c what the struct boot_efi at INFO says. */
void boot_efi_read(uint32_t info);
#endif

#endif
