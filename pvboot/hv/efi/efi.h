/* What the files of hv.efi share. */
#ifndef PVBOOT_HV_EFI_EFI_H
#define PVBOOT_HV_EFI_EFI_H

#include <efi.h>
#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/machine/boot/boot_efi.h"

extern EFI_SYSTEM_TABLE *efi_system;
extern EFI_BOOT_SERVICES *efi_boot;

/* TEXT and a new line on the firmware's console; STATUS back. */
EFI_STATUS efi_say(const CHAR16 *text, EFI_STATUS status);
/* BYTES in whole pages below 4 GiB; NULL: there are none. */
void *efi_pages(uint64_t bytes);

/* The firmware's table GUID, NULL without one. */
void *efi_table(const EFI_GUID *guid);

/* image.c: put the hypervisor into memory; its entry, 0 without memory. */
uint64_t image_load(void);

/*
 * machine.c: *B with all but the memory map, and room for that; then, last of
 * all, fill B's ranges and end the boot services.
 */
EFI_STATUS machine_room(struct boot_efi **b);
EFI_STATUS machine_leave(EFI_HANDLE image, struct boot_efi *b);

#endif
