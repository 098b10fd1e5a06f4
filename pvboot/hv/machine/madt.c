/*
 * The MADT (ACPI 6.5, 5.2.12).  It is firmware's: an entry that does not fit
 * ends the list, one that names nothing usable is passed over.
 */
#include "pvboot/hv/machine/madt.h"

#include <stdbool.h>
#include <string.h>

#define ENTRIES		44	/* where they begin */
#define LOCAL_APIC	0	/* 5.2.12.2 */
#define LOCAL_X2APIC	9	/* 5.2.12.12 */
#define ENABLED		1

static void add(struct madt *m, uint32_t apic_id, uint32_t acpi_id)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->other[i].apic_id == apic_id)
			return;
	if (m->n < MADT_OTHERS)
		m->other[m->n++] = (struct madt_cpu){ apic_id, acpi_id };
}

/* What entry E says; false: no enabled processor. */
static bool processor(struct span e, struct madt_cpu *c)
{
	uint32_t flags;

	switch (span_u8(&e, 0)) {
	case LOCAL_APIC:
		c->acpi_id = span_u8(&e, 2);
		c->apic_id = span_u8(&e, 3);
		flags = span_u32(&e, 4);
		return !e.bad && flags & ENABLED && c->apic_id != 0xff;
	case LOCAL_X2APIC:
		c->apic_id = span_u32(&e, 4);
		flags = span_u32(&e, 8);
		c->acpi_id = span_u32(&e, 12);
		return !e.bad && flags & ENABLED && c->apic_id != ~0U;
	}
	return false;
}

void madt_read(struct span t, uint32_t self, uint32_t last, struct madt *m)
{
	uint64_t at = ENTRIES, len;
	struct madt_cpu c;

	memset(m, 0, sizeof(*m));
	for (; at + 2 <= t.len; at += len) {
		len = span_u8(&t, at + 1);
		if (len < 2 || at + len > t.len)
			return;
		if (processor(span_of(t.p + at, len), &c) &&
		    c.apic_id != self && c.apic_id <= last)
			add(m, c.apic_id, c.acpi_id);
	}
}
