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
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/machine/time.h"
#include "pvboot/hv/machine/timer.h"

#define PIC1		0x20
#define PIC2		0xa0
#define PIC_EOI		0x20
#define PIC_READ_ISR	0x0b

struct irq_action {
	unsigned irq;
	void (*handler)(void *arg);
	void *arg;
};

#define HANDLERS	64
#define POLL		1000000ULL	/* ns */

static struct noted {
	uint64_t vectors[4];
	bool any;
} noted[PROCESSORS];

static struct irq_action action[HANDLERS];
static unsigned n_actions;
static bool pic;		/* the machine has its two 8259s */
static uint16_t pic_mask = 0xfffb;
static struct timer poll_timer;

static void pic_set_mask(void)
{
	outb(PIC1 + 1, (uint8_t)pic_mask);
	outb(PIC2 + 1, (uint8_t)(pic_mask >> 8));
}

static bool pic_holds(uint16_t mask)
{
	outb(PIC1 + 1, (uint8_t)mask);
	outb(PIC2 + 1, (uint8_t)(mask >> 8));
	return inb(PIC1 + 1) == (mask & 0xff) && inb(PIC2 + 1) == mask >> 8;
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
	pic = pic_holds(0x5aff) && pic_holds(0xffa5);
	pic_set_mask();
}

void irq_init(void)
{
	pic_init();
	apic_init();
}

static void call_all(unsigned irq)
{
	for (unsigned i = 0; i < n_actions; i++)
		if (!pic || action[i].irq == irq)
			action[i].handler(action[i].arg);
}

/*
 * Without 8259s a line's way to the IO-APIC stands in ACPI's byte code, which
 * nobody here runs: all devices are asked, every millisecond.
 */
static void poll(struct timer *t)
{
	call_all(0);
	timer_set(t, time_now() + POLL);
}

static void poll_start(void)
{
	if (poll_timer.fn)
		return;
	hv_log("no 8259: devices are asked every millisecond");
	poll_timer.fn = poll;
	timer_set(&poll_timer, time_now() + POLL);
}

void irq_register(unsigned irq, void (*handler)(void *arg), void *arg)
{
	if (n_actions == HANDLERS || (pic && irq >= 16))
		panic("no room for a handler of interrupt line %u", irq);
	action[n_actions++] = (struct irq_action){ irq, handler, arg };
	if (!pic) {
		poll_start();
		return;
	}
	pic_mask &= (uint16_t)~(1 << irq);
	pic_set_mask();
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
	if (pic_spurious(irq))
		return;
	call_all(irq);
	if (irq >= 8)
		outb(PIC2, PIC_EOI);
	outb(PIC1, PIC_EOI);
}

static void dispatch(unsigned vector)
{
	if (vector >= VEC_IRQ && vector < VEC_IRQ + 16)
		pic_dispatch(vector - VEC_IRQ);
	else if (vector == VEC_TIMER)
		timer_interrupt();
}

/*
 * The local APIC is told at once that it is over, so that others can end our
 * sleep; a 8259 that is not told yet gives no other one of its priority.
 */
void irq_note(unsigned vector)
{
	struct noted *n = &noted[smp_self()];

	n->vectors[vector / 64] |= 1ULL << vector % 64;
	n->any = true;
	if (vector == VEC_TIMER || vector == VEC_KICK)
		apic_eoi();
}

void irq_serve(void)
{
	struct noted *n = &noted[smp_self()], was = *n;

	if (!n->any)
		return;
	*n = (struct noted){ .any = false };
	for (unsigned i = 0; i < 4; i++)
		for (; was.vectors[i]; was.vectors[i] &= was.vectors[i] - 1)
			dispatch(i * 64 + (unsigned)
				 __builtin_ctzll(was.vectors[i]));
}

void irq_arrived(unsigned vector)
{
	if (smp_count > 1)
		return;
	irq_note(vector);
	irq_serve();
}
