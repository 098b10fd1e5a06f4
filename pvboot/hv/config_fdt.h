/* What is asked for, from a device tree. */
#ifndef PVBOOT_HV_CONFIG_FDT_H
#define PVBOOT_HV_CONFIG_FDT_H

#include "pvboot/hv/config.h"

/*
 * A flattened device tree into C.  MODULE_AT gives the number of the module at
 * a machine address, or -1.  ERR_NOTMINE when BLOB is no device tree;
 * ERR_ARGUMENT, with a message, when it is none we understand.
 */
int config_fdt(struct hv_config *c, const void *blob, size_t len,
	       int (*module_at)(void *arg, uint64_t start), void *arg);

#endif
