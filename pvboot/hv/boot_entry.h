/* What the domain starts. */
#ifndef PVBOOT_HV_BOOT_ENTRY_H
#define PVBOOT_HV_BOOT_ENTRY_H

#include "loader/kernel/kernel.h"
#include "pvboot/hv/config.h"

/* Fill E from C and the boot loader's modules. */
void boot_entry_describe(struct boot_entry *e, const struct hv_config *c);

#endif
