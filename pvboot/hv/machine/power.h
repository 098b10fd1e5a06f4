/* The end of the machine, so that a caller can tell why. */
#ifndef PVBOOT_HV_MACHINE_POWER_H
#define PVBOOT_HV_MACHINE_POWER_H

#include <stdbool.h>

#include "pvboot/hv/machine/acpi/fadt.h"

void power_init(void);
/* NULL: this machine has none. */
const struct fadt *power_fadt(void);
/* Take power management over from firmware.  False: it does not let go. */
bool power_acpi_on(void);
_Noreturn void power_off(void);
_Noreturn void power_reset(void);
_Noreturn void power_crash(void);

#endif
