/* boot.S and hv.lds.S: the image, and where it starts. */
#ifndef PVBOOT_HV_MACHINE_BOOT_BOOT_H
#define PVBOOT_HV_MACHINE_BOOT_BOOT_H

#include <stdint.h>

extern uint64_t boot_l4[512];
/* How far the image lies above where it is linked to be, 1 MiB. */
extern uint64_t boot_delta;
extern uint8_t boot_guard[4096], boot_stack[], boot_stack_top[];
extern uint8_t image_start[], image_rodata[], image_data[], image_end[];
extern const uint8_t blob_start[], blob_end[];
extern const uint64_t extable_start[], extable_end[];

#endif
