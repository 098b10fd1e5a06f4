/* The end of the machine, so that a caller can tell why. */
#ifndef PVBOOT_HV_MACHINE_POWER_H
#define PVBOOT_HV_MACHINE_POWER_H

#include <stdbool.h>

#include "pvboot/hv/machine/fadt.h"

void power_init(void);
/* NULL: this machine has none. */
const struct fadt *power_fadt(void);
/* Take power management over from firmware.  False: it does not let go. */
bool power_acpi_on(void);
void power_off(void) __attribute__((noreturn));
void power_reset(void) __attribute__((noreturn));
void power_crash(void) __attribute__((noreturn));

#endif
