/*
 * The clock: the TSC, measured once against a clock of known frequency; the
 * local APIC's timer is measured with it.  A guest computes the same
 * nanoseconds from its vcpu_time_info.
 */
#include "pvboot/hv/machine/clock/time.h"

#include <stdbool.h>

#include "pvboot/hv/machine/clock/refclock.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/apic.h"
#include "pvboot/hv/machine/smp.h"

#define MEASURE	50	/* a part of a second: 20 ms */
#define TRIES	200

struct time_scale time_scale;
uint64_t time_tsc_khz, time_apic_per_ms;
uint64_t time_ahead[PROCESSORS];
bool time_apart, time_deadline;

struct sample {
	uint64_t tsc;
	uint32_t ref, apic;
};

/* The tightest of some tries: an interruption in between must not count. */
static struct sample take_sample(const struct refclock *c)
{
	uint64_t best = ~0ULL, t0, t1;
	struct sample s = { 0, 0, 0 }, n;
	int i;

	for (i = 0; i < 16; i++) {
		t0 = rdtsc();
		n.ref = c->count();
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

/* False when somebody held us up for longer than the clock counts. */
static bool measure(struct refclock *c, uint32_t part, struct sample *a,
		    struct sample *b)
{
	unsigned i;

	c->start(c);
	apic_timer(0xffffffff);
	*a = take_sample(c);
	for (i = 0; i < 10000000; i++)
		if (((c->count() - a->ref) & c->mask) > c->hz / part)
			break;
	*b = take_sample(c);
	return !c->whole || c->whole();
}

/*
 * A busy host holds us up often, and the PIT counts for 55 ms only: what is
 * shorter has more chances.
 */
static void calibrate(struct refclock *c)
{
	uint32_t part = MEASURE;
	struct sample a, b;
	uint64_t ticks;
	unsigned i;

	for (i = 0; !measure(c, part, &a, &b); i++) {
		if (i == TRIES)
			panic("the %s overflows at each try", c->name);
		if (i == 4)
			part = 10 * MEASURE;
	}
	ticks = (b.ref - a.ref) & c->mask;
	if (!ticks || b.tsc <= a.tsc)
		panic("the %s does not count", c->name);
	time_tsc_khz = (b.tsc - a.tsc) * c->hz / ticks / 1000;
	time_apic_per_ms = (uint64_t)(a.apic - b.apic) * c->hz / ticks / 1000;
}

/* The TSC's frequency is told; only the local APIC's is to be measured. */
static void trust(uint64_t khz)
{
	uint64_t start = rdtsc(), ticks;

	apic_timer(0xffffffff);
	while ((ticks = rdtsc() - start) < khz * 1000 / MEASURE)
		;
	time_tsc_khz = khz;
	time_apic_per_ms = (uint64_t)(0xffffffff - apic_timer_now()) * khz /
		ticks;
}

static void find_frequency(void)
{
	struct refclock *c = refclock_find();
	uint64_t told = c ? 0 : refclock_told_khz();

	if (c)
		calibrate(c);
	else if (told)
		trust(told);
	else
		panic("no clock: there is no PIT, HPET or ACPI timer, and "
		      "CPUID does not tell the TSC's frequency");
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
	ticks = time_scale.shift < 0 ? ticks >> -time_scale.shift :
		ticks << time_scale.shift;
	return (uint64_t)((unsigned __int128)ticks * time_scale.mul >> 32);
}

/* TSCs that are apart may be measured wrongly by some ticks. */
static uint64_t now_apart(void)
{
	static uint64_t last;
	uint64_t now = scale(rdtsc() - time_ahead[smp_self()] -
			     time_scale.start);

	if (now > last)
		last = now;
	return last;
}

uint64_t time_now(void)
{
	return time_apart ? now_apart() : scale(rdtsc() - time_scale.start);
}

void time_init(void)
{
	find_frequency();
	make_factor();
	time_scale.start = rdtsc();
	time_deadline = apic_use_deadline();
}
