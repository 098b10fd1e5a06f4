/* The local APIC: our timer, and the way in for the 8259s. */
#ifndef PVBOOT_HV_MACHINE_INTERRUPT_APIC_H
#define PVBOOT_HV_MACHINE_INTERRUPT_APIC_H

#include <stdbool.h>
#include <stdint.h>

/* MODE: a vector, or one of these. */
#define APIC_NMI	0x4400
#define APIC_INIT	0x4500
#define APIC_STARTUP	0x4600	/* | number of the page */

void apic_init(void);
/* Another processor's, by itself: in the first one's mode. */
void apic_init_other(void);
uint32_t apic_id(void);
uint32_t apic_last_id(void);	/* that an interrupt can be sent to */
/* Send the processor with local APIC ID what MODE says (SDM 11.6.1). */
void apic_send(uint32_t id, uint32_t mode);
/* One shot after TICKS; 0 stops. */
void apic_timer(uint32_t ticks);
/*
 * From now on, and on processors that start: the TSC ends the timer.  False: it
 * cannot.
 */
bool apic_use_deadline(void);
/* Then instead: once when the TSC is there; 0 stops. */
void apic_deadline(uint64_t tsc);
uint32_t apic_timer_now(void);
/* The interrupt being served is over. */
void apic_eoi(void);

#endif
