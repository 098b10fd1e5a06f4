/* The local APIC: our timer, and the way in for the 8259s. */
#ifndef PVBOOT_HV_MACHINE_APIC_H
#define PVBOOT_HV_MACHINE_APIC_H

#include <stdint.h>

void apic_init(void);
/* One shot after TICKS; 0 stops. */
void apic_timer(uint32_t ticks);
uint32_t apic_timer_now(void);
/* The interrupt being served is over. */
void apic_eoi(void);

#endif
