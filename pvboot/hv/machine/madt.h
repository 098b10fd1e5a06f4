/*
 * The Multiple APIC Description Table (ACPI 6.5, 5.2.12): which processors
 * there are.  Pure: bytes in, checked numbers out.
 */
#ifndef PVBOOT_HV_MACHINE_MADT_H
#define PVBOOT_HV_MACHINE_MADT_H

#include <stdint.h>

#include "loader/base/span.h"

#define MADT_OTHERS	15	/* that we can use */

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

#endif
