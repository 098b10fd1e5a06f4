/* Xen's direct boot of PVH guests, which QEMU has as well. */
#ifndef PVBOOT_HV_MACHINE_BOOT_BOOT_PVH_H
#define PVBOOT_HV_MACHINE_BOOT_BOOT_PVH_H

/* What struct hvm_start_info begins with; boot.S puts it where others do. */
#define BOOT_PVH_MAGIC 0x336ec578

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Tell memory.c what the information at INFO says. */
void boot_pvh_read(uint32_t info);
#endif

#endif
