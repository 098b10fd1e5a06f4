/* Any bytes as a MADT: numbers within what struct madt says, and no more. */
#include <stdlib.h>

#include "pvboot/hv/machine/acpi/madt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_processors(struct span t)
{
	struct madt m;

	madt_read(t, 0, 0xfe, &m);
	if (m.n > MADT_OTHERS)
		abort();
	for (unsigned i = 0; i < m.n; i++) {
		if (!m.other[i].apic_id || m.other[i].apic_id > 0xfe)
			abort();
		for (unsigned k = 0; k < i; k++)
			if (m.other[k].apic_id == m.other[i].apic_id)
				abort();
	}
}

static void check_lines(struct span t)
{
	struct madt_lines m;

	madt_read_lines(t, &m);
	if (m.n > MADT_IOAPICS)
		abort();
	for (unsigned i = 0; i < m.n; i++)
		if (!m.ioapic[i].base)
			abort();
	for (unsigned i = 0; i < MADT_ISA; i++)
		if (!m.isa[i].given && (m.isa[i].line != i || m.isa[i].flags))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_processors(span_of(data, size));
	check_lines(span_of(data, size));
	return 0;
}
