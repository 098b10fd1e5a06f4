/* Multiboot 2's information. */
#ifndef PVBOOT_HV_MACHINE_BOOT_BOOT_MULTIBOOT2_H
#define PVBOOT_HV_MACHINE_BOOT_BOOT_MULTIBOOT2_H

#include <stdint.h>

/* Tell memory.c what the information at INFO says. */
void boot_multiboot2_read(uint32_t info);

#endif
