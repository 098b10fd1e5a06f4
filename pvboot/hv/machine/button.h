/* The power button. */
#ifndef PVBOOT_HV_MACHINE_BUTTON_H
#define PVBOOT_HV_MACHINE_BUTTON_H

/*
 * PRESSED runs in an interrupt at every press, on machines whose button is a
 * fixed event of ACPI.  Needs power_init().
 */
void button_init(void (*pressed)(void *arg), void *arg);

#endif
