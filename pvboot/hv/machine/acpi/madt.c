/*
 * The MADT (ACPI 6.5, 5.2.12).  It is firmware's: an entry that does not fit
 * ends the list, one that names nothing usable is passed over.
 */
#include "pvboot/hv/machine/acpi/madt.h"

#include <string.h>

#define ENTRIES		44	/* where they begin */
#define LOCAL_APIC	0	/* 5.2.12.2 */
#define IOAPIC		1	/* 5.2.12.3 */
#define OVERRIDE	2	/* 5.2.12.5 */
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

/* The entry at *AT, which goes on behind it; empty at the end. */
static struct span next(struct span t, uint64_t *at)
{
	uint64_t from = *at, len = span_u8(&t, from + 1);

	if (from + 2 > t.len || len < 2 || from + len > t.len)
		return span_of(NULL, 0);
	*at += len;
	return span_of(t.p + from, len);
}

void madt_read(struct span t, uint32_t self, uint32_t last, struct madt *m)
{
	uint64_t at = ENTRIES;
	struct madt_cpu c;
	struct span e;

	memset(m, 0, sizeof(*m));
	while ((e = next(t, &at)).len)
		if (processor(e, &c) && c.apic_id != self && c.apic_id <= last)
			add(m, c.apic_id, c.acpi_id);
}

static void add_ioapic(struct madt_lines *m, struct span e)
{
	struct madt_ioapic a = { span_u32(&e, 4), span_u32(&e, 8) };

	if (!e.bad && a.base && m->n < MADT_IOAPICS)
		m->ioapic[m->n++] = a;
}

/* The first of two for one line counts. */
static void override(struct madt_lines *m, struct span e)
{
	uint8_t bus = span_u8(&e, 2), irq = span_u8(&e, 3);
	struct madt_isa isa = { span_u32(&e, 4), span_u16(&e, 8), true };

	if (!e.bad && !bus && irq < MADT_ISA && !m->isa[irq].given)
		m->isa[irq] = isa;
}

void madt_read_lines(struct span t, struct madt_lines *m)
{
	uint64_t at = ENTRIES;
	struct span e;

	memset(m, 0, sizeof(*m));
	for (unsigned i = 0; i < MADT_ISA; i++)
		m->isa[i].line = i;
	while ((e = next(t, &at)).len)
		if (span_u8(&e, 0) == IOAPIC)
			add_ioapic(m, e);
		else if (span_u8(&e, 0) == OVERRIDE)
			override(m, e);
}
