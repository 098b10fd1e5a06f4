/*
 * Clocks of known frequency: the PIT's channel 2 (8254 data sheet), the HPET
 * (IA-PC HPET specification 1.0a), ACPI's timer (ACPI 6.5, 4.8.3.3).  ACPI's
 * tables say where the last two are; what they say is checked.
 */
#include "pvboot/hv/machine/clock/refclock.h"

#include <stddef.h>

#include "pvboot/hv/machine/acpi/acpi.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/power.h"

#define PIT_CH2		0x42
#define PIT_CMD		0x43
#define PIT_GATE	0x61
#define PIT_OUT		0x80	/* of the status */

#define HPET_PERIOD	1	/* words of 32 bits: femtoseconds a tick */
#define HPET_CONF	4
#define HPET_COUNT	60
#define HPET_ON		1
#define HPET_LEGACY	2	/* it has taken the PIT's and RTC's lines */
#define HPET_MAX_PERIOD	100000000U
#define FEMTO		1000000000000000ULL

#define STUCK		100000U	/* reads; a clock moves long before */

/* Channel 2 down from 0xffff, once: mode 0. */
static bool pit_start(struct refclock *c)
{
	outb(PIT_GATE, (uint8_t)((inb(PIT_GATE) & ~2) | 1));
	outb(PIT_CMD, 0xb0);
	outb(PIT_CH2, 0xff);
	outb(PIT_CH2, 0xff);
	return true;
}

static uint32_t pit_count(void)
{
	uint32_t v;

	outb(PIT_CMD, 0x80);	/* latch channel 2 */
	v = inb(PIT_CH2);
	return 0xffff - (v | (uint32_t)inb(PIT_CH2) << 8);
}

/* By the PIT's own status: not all machines have the gate's port. */
static bool pit_whole(void)
{
	outb(PIT_CMD, 0xe8);	/* read back the status of channel 2 */
	return !(inb(PIT_CH2) & PIT_OUT);
}

static volatile uint32_t *hpet;

/* Its block is 1 KiB of memory that is not RAM (table: 5.2 there). */
static bool hpet_start(struct refclock *c)
{
	struct span t = acpi_table("HPET");
	uint64_t at = span_u64(&t, 44);
	uint32_t period;

	if (!hpet) {
		if (t.bad || span_u8(&t, 40) || at < 0x100000 || at & 1023 ||
		    at >> 32 || memory_mapped(at))
			return false;
		hpet = memory_mmio(at, 1024);
	}
	period = hpet[HPET_PERIOD];
	if (!period || period > HPET_MAX_PERIOD)
		return false;
	c->hz = FEMTO / period;
	hpet[HPET_CONF] = (hpet[HPET_CONF] & ~(uint32_t)HPET_LEGACY) | HPET_ON;
	return true;
}

static uint32_t hpet_count(void)
{
	return hpet[HPET_COUNT];
}

static uint16_t acpi_port;

static bool acpi_start(struct refclock *c)
{
	const struct fadt *f = power_fadt();

	acpi_port = f ? f->timer : 0;
	return acpi_port;
}

static uint32_t acpi_count(void)
{
	return inl(acpi_port);
}

static struct refclock clock[] = {
	{ "PIT", 1193182, 0xffff, pit_start, pit_count, pit_whole },
	{ "HPET", 0, 0xffffffff, hpet_start, hpet_count, NULL },
	{ "ACPI timer", 3579545, 0xffffff, acpi_start, acpi_count, NULL },
};

static bool counts(struct refclock *c)
{
	uint32_t first = c->count();

	for (unsigned i = 0; i < STUCK; i++)
		if (c->count() != first)
			return true;
	return false;
}

struct refclock *refclock_find(void)
{
	for (unsigned i = 0; i < sizeof(clock) / sizeof(*clock); i++)
		if (clock[i].start(&clock[i]) && counts(&clock[i]))
			return &clock[i];
	return NULL;
}

/* SDM volume 2, CPUID 0x15 and 0x16; the leaf 0x40000010 of hypervisors. */
uint64_t refclock_told_khz(void)
{
	uint32_t r[4], max;

	cpuid(0, 0, r);
	max = r[0];
	if (max >= 0x15) {
		cpuid(0x15, 0, r);
		if (r[0] && r[1] && r[2])
			return (uint64_t)r[2] * r[1] / r[0] / 1000;
	}
	if (max >= 0x16) {
		cpuid(0x16, 0, r);
		if (r[0] & 0xffff)
			return (r[0] & 0xffff) * 1000ULL;
	}
	cpuid(1, 0, r);
	if (!(r[2] >> 31))
		return 0;
	cpuid(0x40000000, 0, r);
	if (r[0] < 0x40000010 || r[0] > 0x400000ff)
		return 0;
	cpuid(0x40000010, 0, r);
	return r[0];
}
