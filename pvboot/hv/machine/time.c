/*
 * The clock: the TSC, measured once against the PIT (channel 2, 1.193182 MHz;
 * 8254 data sheet), and one-shot timers on the local APIC, measured against
 * the TSC.  A guest computes the same nanoseconds from its vcpu_time_info.
 */
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/machine.h"

#define PIT_CH2		0x42
#define PIT_CMD		0x43
#define PIT_GATE	0x61
#define PIT_HZ		1193182ULL
#define PIT_MEASURE	24000	/* PIT ticks: 20 ms */
#define NS		1000000000ULL

uint64_t tsc_khz;
static uint64_t tsc_start;
static uint32_t tsc_mul;	/* ns = (ticks << shift) * mul >> 32 */
static int8_t tsc_shift;
static uint64_t apic_per_ms;
static uint64_t boot_wallclock;
static struct timer *timers;	/* sorted by deadline */

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
		n.apic = lapic_timer_now();
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
	lapic_timer(0xffffffff);
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
	tsc_khz = (b.tsc - a.tsc) * PIT_HZ / pit / 1000;
	apic_per_ms = (uint64_t)(a.apic - b.apic) * PIT_HZ / pit / 1000;
	lapic_timer(0);
	if (!tsc_khz || !apic_per_ms)
		panic("no usable TSC or local APIC timer");
}

/* A factor with 32 significant bits. */
static void make_factor(void)
{
	uint64_t khz = tsc_khz;

	tsc_shift = 0;
	while (khz > 2 * 1000000ULL) {
		khz >>= 1;
		tsc_shift--;
	}
	while (khz <= 1000000ULL) {
		khz <<= 1;
		tsc_shift++;
	}
	/* (10^6 << 32) / khz without losing the bits shifted out above */
	if (tsc_shift < 0)
		tsc_mul = (uint32_t)((1000000ULL << 32) / tsc_khz
				     << -tsc_shift);
	else
		tsc_mul = (uint32_t)((1000000ULL << 32) /
				     (tsc_khz << tsc_shift));
}

static uint64_t scale(uint64_t ticks)
{
	ticks = tsc_shift < 0 ? ticks >> -tsc_shift : ticks << tsc_shift;
	return (uint64_t)((unsigned __int128)ticks * tsc_mul >> 32);
}

uint64_t time_now(void)
{
	return scale(rdtsc() - tsc_start);
}

void time_fill(vcpu_time_info_t *t)
{
	t->version |= 1;
	__asm__ volatile("" : : : "memory");
	t->tsc_timestamp = tsc_start;
	t->system_time = 0;
	t->tsc_to_system_mul = tsc_mul;
	t->tsc_shift = tsc_shift;
	t->flags = 0;
	__asm__ volatile("" : : : "memory");
	t->version++;
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
	tsc_start = rdtsc();
	boot_wallclock = rtc_read();
}

static void program(void)
{
	uint64_t now = time_now(), wait, ticks;

	if (!timers) {
		lapic_timer(0);
		return;
	}
	wait = timers->deadline > now ? timers->deadline - now : 0;
	if (wait > NS)
		wait = NS;	/* then ask again */
	ticks = wait * apic_per_ms / 1000000 + 1;
	lapic_timer(ticks > 0xffffffff ? 0xffffffff : (uint32_t)ticks);
}

static void unlink_timer(struct timer *t)
{
	struct timer **p;

	for (p = &timers; *p; p = &(*p)->next)
		if (*p == t) {
			*p = t->next;
			break;
		}
	t->deadline = 0;
}

void timer_stop(struct timer *t)
{
	if (t->deadline)
		unlink_timer(t);
}

void timer_set(struct timer *t, uint64_t deadline)
{
	struct timer **p;

	timer_stop(t);
	t->deadline = deadline ? deadline : 1;
	for (p = &timers; *p && (*p)->deadline <= t->deadline; p = &(*p)->next)
		;
	t->next = *p;
	*p = t;
	if (timers == t)
		program();
}

void time_interrupt(void)
{
	struct timer *t;

	while ((t = timers) && t->deadline <= time_now()) {
		timers = t->next;
		t->deadline = 0;
		t->fn(t);
	}
	program();
}
