/*
 * The local APIC, by its page or, when firmware left it so, by MSRs (x2APIC).
 * Intel SDM volume 3, chapter 11.
 */
#include "pvboot/hv/machine/interrupt/apic.h"

#include <stddef.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define APIC_EN		0x800
#define APIC_X2		0x400
#define APIC_ID		0x02
#define APIC_EOI	0x0b
#define APIC_ICR	0x30
#define APIC_ICR_HIGH	0x31
#define ICR_BUSY	0x1000
#define APIC_SPIV	0x0f
#define APIC_TPR	0x08
#define APIC_LVT_TIMER	0x32
#define APIC_LVT_LINT0	0x35
#define APIC_LVT_LINT1	0x36
#define APIC_LVT_ERROR	0x37
#define APIC_TMICT	0x38
#define APIC_TMCCT	0x39
#define APIC_TDCR	0x3e
#define LVT_MASKED	0x10000
#define LVT_EXTINT	0x700
#define LVT_DEADLINE	0x40000		/* 11.5.4.1 */
#define CPUID_DEADLINE	(1u << 24)	/* leaf 1, ECX */

static volatile uint32_t *apic;	/* NULL: x2APIC, by MSRs */
static uint32_t lvt_timer = VEC_TIMER;

static void apic_write(unsigned reg, uint32_t v)
{
	if (apic)
		apic[reg * 4] = v;
	else
		wrmsr(0x800 + reg, v);
}

static uint32_t apic_read(unsigned reg)
{
	return apic ? apic[reg * 4] : (uint32_t)rdmsr(0x800 + reg);
}

static void set_up(uint32_t lint0)
{
	apic_write(APIC_SPIV, 0x100 | VEC_SPURIOUS);
	apic_write(APIC_TPR, 0);
	apic_write(APIC_LVT_LINT0, lint0);
	apic_write(APIC_LVT_LINT1, LVT_MASKED);
	apic_write(APIC_LVT_ERROR, LVT_MASKED);
	apic_write(APIC_TDCR, 0xb);	/* divide by 1 */
	apic_write(APIC_LVT_TIMER, lvt_timer);
	/* The way it counts is in force before it is told what to count. */
	__asm__ volatile("mfence" : : : "memory");
}

void apic_init(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	if (!(base & APIC_EN))
		wrmsr(MSR_APIC_BASE, base |= APIC_EN);
	if (!(base & APIC_X2))
		apic = memory_mmio(base & PTE_ADDR, PAGE_SIZE);
	set_up(LVT_EXTINT);
}

/* From x2APIC mode back the way leads over "off" (SDM 11.12.5). */
void apic_init_other(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	if (apic && base & APIC_X2)
		wrmsr(MSR_APIC_BASE, base &= ~(uint64_t)(APIC_EN | APIC_X2));
	wrmsr(MSR_APIC_BASE, base |= APIC_EN);
	if (!apic)
		wrmsr(MSR_APIC_BASE, base | APIC_X2);
	set_up(LVT_MASKED);
}

uint32_t apic_id(void)
{
	return apic ? apic_read(APIC_ID) >> 24 : apic_read(APIC_ID);
}

uint32_t apic_last_id(void)
{
	return apic ? 0xfe : 0xfffffffd;
}

void apic_send(uint32_t id, uint32_t mode)
{
	if (!apic) {
		__asm__ volatile("mfence; lfence" : : : "memory");
		wrmsr(0x800 + APIC_ICR, (uint64_t)id << 32 | mode);
		return;
	}
	for (unsigned i = 0; i < 1000000 && apic_read(APIC_ICR) & ICR_BUSY; i++)
		;
	apic_write(APIC_ICR_HIGH, id << 24);
	apic_write(APIC_ICR, mode);
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

void apic_timer(uint32_t ticks)
{
	apic_write(APIC_TMICT, ticks);
}

bool apic_use_deadline(void)
{
	uint32_t r[4];

	cpuid(1, 0, r);
	if (!(r[2] & CPUID_DEADLINE))
		return false;
	lvt_timer = VEC_TIMER | LVT_DEADLINE;
	apic_write(APIC_LVT_TIMER, lvt_timer);
	__asm__ volatile("mfence" : : : "memory");
	return true;
}

void apic_deadline(uint64_t tsc)
{
	wrmsr(MSR_TSC_DEADLINE, tsc);
}

uint32_t apic_timer_now(void)
{
	return apic_read(APIC_TMCCT);
}
