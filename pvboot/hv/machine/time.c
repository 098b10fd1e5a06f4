/*
 * The clock: the TSC, measured once against the PIT (channel 2, 1.193182 MHz;
 * 8254 data sheet); the local APIC's timer is measured against the TSC.  A guest
 * computes the same nanoseconds from its vcpu_time_info.
 */
#include "pvboot/hv/machine/time.h"

#include <stdbool.h>

#include "pvboot/hv/machine/apic.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/log.h"

#define PIT_CH2		0x42
#define PIT_CMD		0x43
#define PIT_GATE	0x61
#define PIT_HZ		1193182ULL
#define PIT_MEASURE	24000	/* PIT ticks: 20 ms */

struct time_scale time_scale;
uint64_t time_tsc_khz, time_apic_per_ms;
static uint64_t boot_wallclock;

static uint16_t pit_count(void)
{
	uint16_t v;

	outb(PIT_CMD, 0x80);	/* latch channel 2 */
	v = inb(PIT_CH2);
	return (uint16_t)(v | inb(PIT_CH2) << 8);
}

struct sample {
	uint64_t tsc;
	uint16_t pit;
	uint32_t apic;
};

/* The tightest of some tries: an interruption in between must not count. */
static struct sample take_sample(void)
{
	uint64_t best = ~0ULL, t0, t1;
	struct sample s = { 0, 0, 0 }, n;
	int i;

	for (i = 0; i < 16; i++) {
		t0 = rdtsc();
		n.pit = pit_count();
		n.apic = apic_timer_now();
		t1 = rdtsc();
		n.tsc = t0 + (t1 - t0) / 2;
		if (t1 - t0 < best) {
			best = t1 - t0;
			s = n;
		}
	}
	return s;
}

/*
 * False when the PIT has run out (its OUT is high, port 0x61 bit 5): somebody
 * held us up for longer than it counts.
 */
static bool measure(struct sample *a, struct sample *b)
{
	unsigned i;

	outb(PIT_CMD, 0xb0);	/* channel 2, both bytes, mode 0 */
	outb(PIT_CH2, 0xff);
	outb(PIT_CH2, 0xff);
	apic_timer(0xffffffff);
	*a = take_sample();
	for (i = 0; i < 10000000; i++)
		if ((uint16_t)(a->pit - pit_count()) > PIT_MEASURE)
			break;
	*b = take_sample();
	return !(inb(PIT_GATE) & 0x20);
}

static void calibrate(void)
{
	struct sample a, b;
	uint64_t pit;
	unsigned i;

	outb(PIT_GATE, (uint8_t)((inb(PIT_GATE) & ~2) | 1));
	for (i = 0; i < 20 && !measure(&a, &b); i++)
		;
	pit = (uint16_t)(a.pit - b.pit);
	if (!pit || b.tsc <= a.tsc)
		panic("the timer chip (PIT) does not count");
	time_tsc_khz = (b.tsc - a.tsc) * PIT_HZ / pit / 1000;
	time_apic_per_ms = (uint64_t)(a.apic - b.apic) * PIT_HZ / pit / 1000;
	apic_timer(0);
	if (!time_tsc_khz || !time_apic_per_ms)
		panic("no usable TSC or local APIC timer");
}

/* A factor with 32 significant bits. */
static void make_factor(void)
{
	uint64_t khz = time_tsc_khz;

	time_scale.shift = 0;
	while (khz > 2 * 1000000ULL) {
		khz >>= 1;
		time_scale.shift--;
	}
	while (khz <= 1000000ULL) {
		khz <<= 1;
		time_scale.shift++;
	}
	/* (10^6 << 32) / khz without losing the bits shifted out above */
	if (time_scale.shift < 0)
		time_scale.mul = (uint32_t)((1000000ULL << 32) / time_tsc_khz
				     << -time_scale.shift);
	else
		time_scale.mul = (uint32_t)((1000000ULL << 32) /
				     (time_tsc_khz << time_scale.shift));
}

static uint64_t scale(uint64_t ticks)
{
	ticks = time_scale.shift < 0 ? ticks >> -time_scale.shift : ticks << time_scale.shift;
	return (uint64_t)((unsigned __int128)ticks * time_scale.mul >> 32);
}

uint64_t time_now(void)
{
	return scale(rdtsc() - time_scale.start);
}

static uint8_t cmos(uint8_t reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static unsigned cmos_number(uint8_t reg, bool binary)
{
	unsigned v = cmos(reg);

	return binary ? v : (v >> 4) * 10 + (v & 15);
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static uint64_t days(unsigned y, unsigned m, unsigned d)
{
	static const uint16_t before[12] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
	};
	uint64_t n = (uint64_t)y * 365 + (y + 3) / 4 - (y + 99) / 100 +
		(y + 399) / 400;

	n += before[(m - 1) % 12] + d - 1;
	if (m > 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)))
		n++;
	return n - 719528;
}

static uint64_t rtc_read(void)
{
	bool binary = cmos(0x0b) & 4;
	unsigned i, s, min, h, day, mon, y;

	for (i = 0; i < 100000 && cmos(0x0a) & 0x80; i++)
		;	/* an update runs */
	s = cmos_number(0, binary);
	min = cmos_number(2, binary);
	h = cmos_number(4, binary);
	day = cmos_number(7, binary);
	mon = cmos_number(8, binary);
	y = cmos_number(9, binary);
	y += y < 70 ? 2000 : 1900;
	return days(y, mon, day) * 86400 + h * 3600 + min * 60 + s;
}

uint64_t time_wallclock(void)
{
	return boot_wallclock;
}

void time_init(void)
{
	calibrate();
	make_factor();
	time_scale.start = rdtsc();
	boot_wallclock = rtc_read();
}
