/* The IO-APICs: interrupt lines that come as messages. */
#ifndef PVBOOT_HV_MACHINE_INTERRUPT_IOAPIC_H
#define PVBOOT_HV_MACHINE_INTERRUPT_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/machine/acpi/madt.h"

/* Those of ACPI's table, with all lines masked. */
void ioapic_init(void);
/*
 * A line of the old bus (below 16) as ACPI numbers lines; *FLAGS (MADT_...)
 * are what it says of it, where it says something.
 */
unsigned ioapic_isa(unsigned irq, uint16_t *flags);
/* LINE to VECTOR of the processor with local APIC ID; false: no such line. */
bool ioapic_route(unsigned line, uint16_t flags, unsigned vector, uint8_t id);
void ioapic_mask(unsigned line);

#endif
