/* Multiboot 1's information. */
#ifndef PVBOOT_HV_MACHINE_BOOT_BOOT_MULTIBOOT_H
#define PVBOOT_HV_MACHINE_BOOT_BOOT_MULTIBOOT_H

#include <stdint.h>

/* Tell memory.c what the information at INFO says. */
void boot_multiboot_read(uint32_t info);

#endif
