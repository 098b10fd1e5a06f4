/*
 * The Multiple APIC Description Table (ACPI 6.5, 5.2.12): which processors
 * there are, and which IO-APICs.  Pure: bytes in, checked numbers out.
 */
#ifndef PVBOOT_HV_MACHINE_ACPI_MADT_H
#define PVBOOT_HV_MACHINE_ACPI_MADT_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/base/span.h"

#define MADT_OTHERS	15	/* that we can use */
#define MADT_IOAPICS	8
#define MADT_ISA	16	/* lines of the old bus */

struct madt {
	unsigned n;
	struct madt_cpu {
		uint32_t apic_id, acpi_id;
	} other[MADT_OTHERS];
};

/*
 * The enabled processors other than the one with local APIC SELF, in the
 * table's order, whose IDs are at most LAST (what an interrupt can be sent to).
 * No table, or a broken one: those before it breaks.
 */
void madt_read(struct span t, uint32_t self, uint32_t last, struct madt *m);

/* MPS INTI flags (5.2.12.5, table 5.26); 0 in a field: as the bus has it. */
#define MADT_POLARITY	0x3
#define MADT_LOW	0x3
#define MADT_TRIGGER	0xc
#define MADT_LEVEL	0xc

struct madt_lines {
	unsigned n;
	struct madt_ioapic {
		uint32_t base, first;	/* machine address; its pin 0's line */
	} ioapic[MADT_IOAPICS];
	struct madt_isa {
		uint32_t line;
		uint16_t flags;
		bool given;
	} isa[MADT_ISA];
};

/* Lines are "global system interrupts" (5.2.13); up to a broken entry. */
void madt_read_lines(struct span t, struct madt_lines *m);

#endif
