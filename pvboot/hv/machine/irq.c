/*
 * Interrupts: the two 8259s for device lines (their numbers are what firmware
 * wrote into PCI configuration byte 0x3c), the local APIC for our timer and,
 * in virtual wire mode, as the way in for the 8259s.  Intel SDM volume 3,
 * chapter 11; 8259A data sheet.
 */
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/machine.h"

#define PIC1		0x20
#define PIC2		0xa0
#define PIC_EOI		0x20
#define PIC_READ_ISR	0x0b

#define APIC_EN		0x800
#define APIC_X2		0x400
#define APIC_EOI	0x0b
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

struct irq_action {
	void (*handler)(void *arg);
	void *arg;
};

#define SHARED 4

static struct irq_action action[16][SHARED];
static volatile uint32_t *apic;	/* NULL: x2APIC, by MSRs */
static uint16_t pic_mask = 0xfffb;

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

static void pic_set_mask(void)
{
	outb(PIC1 + 1, (uint8_t)pic_mask);
	outb(PIC2 + 1, (uint8_t)(pic_mask >> 8));
}

static void pic_init(void)
{
	outb(PIC1, 0x11);
	outb(PIC2, 0x11);
	outb(PIC1 + 1, VEC_IRQ);
	outb(PIC2 + 1, VEC_IRQ + 8);
	outb(PIC1 + 1, 4);
	outb(PIC2 + 1, 2);
	outb(PIC1 + 1, 1);
	outb(PIC2 + 1, 1);
	pic_set_mask();
}

void irq_init(void)
{
	uint64_t base = rdmsr(MSR_APIC_BASE);

	if (!(base & APIC_EN))
		wrmsr(MSR_APIC_BASE, base |= APIC_EN);
	if (!(base & APIC_X2))
		apic = mmio_map(base & PTE_ADDR, PAGE_SIZE);
	pic_init();
	apic_write(APIC_SPIV, 0x100 | VEC_SPURIOUS);
	apic_write(APIC_TPR, 0);
	apic_write(APIC_LVT_LINT0, LVT_EXTINT);
	apic_write(APIC_LVT_LINT1, LVT_MASKED);
	apic_write(APIC_LVT_ERROR, LVT_MASKED);
	apic_write(APIC_TDCR, 0xb);	/* divide by 1 */
	apic_write(APIC_LVT_TIMER, VEC_TIMER);
}

void lapic_timer(uint32_t ticks)
{
	apic_write(APIC_TMICT, ticks);
}

uint32_t lapic_timer_now(void)
{
	return apic_read(APIC_TMCCT);
}

void irq_register(unsigned irq, void (*handler)(void *arg), void *arg)
{
	unsigned i;

	for (i = 0; irq < 16 && i < SHARED; i++) {
		if (action[irq][i].handler)
			continue;
		action[irq][i] = (struct irq_action){ handler, arg };
		pic_mask &= (uint16_t)~(1 << irq);
		pic_set_mask();
		return;
	}
	panic("no room for a handler of interrupt line %u", irq);
}

/* Lines 7 and 15 also stand for "nobody in particular". */
static bool pic_spurious(unsigned irq)
{
	uint16_t port = irq < 8 ? PIC1 : PIC2;

	if (irq != 7 && irq != 15)
		return false;
	outb(port, PIC_READ_ISR);
	if (inb(port) & 0x80)
		return false;
	if (irq == 15)
		outb(PIC1, PIC_EOI);
	return true;
}

static void pic_dispatch(unsigned irq)
{
	unsigned i;

	if (pic_spurious(irq))
		return;
	for (i = 0; i < SHARED && action[irq][i].handler; i++)
		action[irq][i].handler(action[irq][i].arg);
	if (irq >= 8)
		outb(PIC2, PIC_EOI);
	outb(PIC1, PIC_EOI);
}

void irq_dispatch(unsigned vector)
{
	if (vector >= VEC_IRQ && vector < VEC_IRQ + 16) {
		pic_dispatch(vector - VEC_IRQ);
	} else if (vector == VEC_TIMER) {
		apic_write(APIC_EOI, 0);
		time_interrupt();
	}
}
