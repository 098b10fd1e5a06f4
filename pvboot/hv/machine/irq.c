/*
 * Interrupts: the two 8259s for device lines (their numbers are what firmware
 * wrote into PCI configuration byte 0x3c; 8259A data sheet), and the local APIC
 * for our timer and, in virtual wire mode, as the way in for the 8259s.
 */
#include "pvboot/hv/machine/irq.h"

#include <stdbool.h>

#include "pvboot/hv/machine/apic.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/log.h"
#include "pvboot/hv/machine/timer.h"

#define PIC1		0x20
#define PIC2		0xa0
#define PIC_EOI		0x20
#define PIC_READ_ISR	0x0b

struct irq_action {
	void (*handler)(void *arg);
	void *arg;
};

#define SHARED 4

static struct irq_action action[16][SHARED];
static uint16_t pic_mask = 0xfffb;

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
	pic_init();
	apic_init();
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
		apic_eoi();
		timer_interrupt();
	}
}
