/* The end of the machine, so that a caller can tell why. */
#ifndef PVBOOT_HV_MACHINE_POWER_H
#define PVBOOT_HV_MACHINE_POWER_H

void power_init(void);
void power_off(void) __attribute__((noreturn));
void power_reset(void) __attribute__((noreturn));
void power_crash(void) __attribute__((noreturn));

#endif
