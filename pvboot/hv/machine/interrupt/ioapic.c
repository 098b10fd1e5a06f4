/*
 * The IO-APICs (82093AA data sheet, 3.1 and 3.2).  Where they are is firmware's
 * word: an address that is memory or the local APIC's, or where nothing answers
 * as one, is passed over.
 */
#include "pvboot/hv/machine/interrupt/ioapic.h"

#include <stddef.h>

#include "pvboot/hv/machine/acpi/acpi.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define SELECT		0	/* words of 32 bits */
#define WINDOW		4
#define VERSION		1	/* registers */
#define ENTRY(pin)	(0x10 + 2 * (pin))
#define PINS		240	/* at most: 0x10 + 2 * 240 is the end */
#define LOW		0x2000
#define LEVEL		0x8000
#define MASKED		0x10000

static struct ioapic {
	volatile uint32_t *reg;
	uint32_t first, pins;
} ioapic[MADT_IOAPICS];
static unsigned n_ioapics;
static struct madt_lines lines;

static uint32_t get(const struct ioapic *a, uint32_t reg)
{
	a->reg[SELECT] = reg;
	return a->reg[WINDOW];
}

static void put(const struct ioapic *a, uint32_t reg, uint32_t v)
{
	a->reg[SELECT] = reg;
	a->reg[WINDOW] = v;
}

/* NULL: none has it. */
static const struct ioapic *find(unsigned line)
{
	for (unsigned i = 0; i < n_ioapics; i++)
		if (line >= ioapic[i].first &&
		    line - ioapic[i].first < ioapic[i].pins)
			return &ioapic[i];
	return NULL;
}

static bool may_be_one(uint64_t base)
{
	return base >= 0x100000 && !(base & 1023) && !memory_mapped(base) &&
		(base ^ rdmsr(MSR_APIC_BASE)) & PTE_ADDR;
}

static void add(const struct madt_ioapic *m)
{
	struct ioapic a = { .first = m->first };

	if (!may_be_one(m->base))
		return;
	a.reg = memory_mmio(m->base, (WINDOW + 1) * 4);
	a.pins = (get(&a, VERSION) >> 16 & 0xff) + 1;
	if (a.pins > PINS)	/* nothing there reads as ones */
		return;
	for (uint32_t pin = 0; pin < a.pins; pin++)
		put(&a, ENTRY(pin), MASKED);
	if (!(get(&a, ENTRY(0)) & MASKED))
		return;
	ioapic[n_ioapics++] = a;
}

void ioapic_init(void)
{
	madt_read_lines(acpi_table("APIC"), &lines);
	for (unsigned i = 0; i < lines.n; i++)
		add(&lines.ioapic[i]);
}

unsigned ioapic_isa(unsigned irq, uint16_t *flags)
{
	const struct madt_isa *isa = &lines.isa[irq];

	if (isa->flags & MADT_POLARITY)
		*flags = (uint16_t)((*flags & ~MADT_POLARITY) |
				    (isa->flags & MADT_POLARITY));
	if (isa->flags & MADT_TRIGGER)
		*flags = (uint16_t)((*flags & ~MADT_TRIGGER) |
				    (isa->flags & MADT_TRIGGER));
	return isa->line;
}

/* The half that masks is written last, to fixed delivery (3.2.4). */
bool ioapic_route(unsigned line, uint16_t flags, unsigned vector, uint8_t id)
{
	const struct ioapic *a = find(line);
	uint32_t pin, low = vector;

	if (!a)
		return false;
	pin = line - a->first;
	if ((flags & MADT_POLARITY) == MADT_LOW)
		low |= LOW;
	if ((flags & MADT_TRIGGER) == MADT_LEVEL)
		low |= LEVEL;
	put(a, ENTRY(pin) + 1, (uint32_t)id << 24);
	put(a, ENTRY(pin), low);
	return true;
}

void ioapic_mask(unsigned line)
{
	const struct ioapic *a = find(line);

	if (a)
		put(a, ENTRY(line - a->first), MASKED);
}
