/* From configuration, modules and disks to what the domain gets. */
#ifndef PVBOOT_HV_SETUP_H
#define PVBOOT_HV_SETUP_H

#include "pvboot/hv/config.h"
#include "pvboot/hv/pv/domain.h"

/*
 * The command line, and a device tree if a module is one.  Module numbers are
 * settled: KERNEL and RAMDISK are -1 or a module that is there.  Panics with
 * the reason when the configuration is no good.
 */
void setup_config(struct hv_config *c);

/*
 * Find the disks, then make D's xenstore and block devices.  Needs the
 * domain's size, ports and ring pages.  Panics when a device cannot be made.
 */
void setup_devices(struct domain *d, const struct hv_config *c);

#endif
