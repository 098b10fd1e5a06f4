/* One line for each kernel format; each platform's conf.c has its table. */
#ifndef LOADER_KERNEL_FORMATS_H
#define LOADER_KERNEL_FORMATS_H

#include "loader/kernel/kernel.h"

extern const struct kernel_format bootsector_format;
extern const struct kernel_format efi_format;
extern const struct kernel_format fit_efi_format;
extern const struct kernel_format fit_linux_format;
extern const struct kernel_format fit_xenpv_format;
extern const struct kernel_format hv_format;
extern const struct kernel_format hv_efi_format;
extern const struct kernel_format linux_format;
extern const struct kernel_format multiboot_format;
extern const struct kernel_format multiboot2_format;
extern const struct kernel_format pvh_format;
extern const struct kernel_format uki_linux_format;
extern const struct kernel_format uki_xenpv_format;
extern const struct kernel_format xenpv_format;
extern const struct kernel_format xenpv_packed_format;

#endif
