/*
 * Interrupts.  A PCI function sends messages if it can.  Lines come by the
 * 8259s (that of a PCI function is what firmware wrote into byte 0x3c of its
 * configuration), in virtual wire mode; by the IO-APICs those that the 8259s
 * have not, and all of the old bus when there are no 8259s.  Which pin of an
 * IO-APIC is a PCI function's stands in ACPI's byte code, which nobody here
 * runs: what has no other way is asked, every millisecond.  All interrupts are
 * the first processor's.
 */
#include "pvboot/hv/machine/interrupt/irq.h"

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/apic.h"
#include "pvboot/hv/machine/interrupt/ioapic.h"
#include "pvboot/hv/machine/interrupt/msi.h"
#include "pvboot/hv/machine/interrupt/pic.h"
#include "pvboot/hv/machine/pci.h"
#include "pvboot/hv/machine/smp.h"

#define HANDLERS	64
#define ASKED		0		/* in place of a vector */
#define POLL		1000000ULL	/* ns */
#define UNCLAIMED	1000		/* one after another: a storm */

_Static_assert(VEC_MSI + HANDLERS < VEC_TIMER, "a vector for each");

const char *const irq_way_name[] = { "asked", "INTx", "MSI", "MSI-X" };

struct irq_action {
	unsigned vector;
	bool (*handler)(void *arg);
	void *arg;
};

struct irq_noted irq_noted[PROCESSORS];

static struct irq_action action[HANDLERS];
static unsigned n_actions;
static bool pic;		/* the machine has its two 8259s */
static struct timer poll_timer;

/* By vector, from VEC_IRQ on: the 8259s', then the IO-APICs'. */
static struct line {
	unsigned number;	/* of an IO-APIC's */
	bool used;
	unsigned unclaimed;
} line[VEC_MSI - VEC_IRQ];

void irq_init(void)
{
	pic = pic_init(VEC_IRQ);
	apic_init();
	ioapic_init();
}

static bool call_all(unsigned vector)
{
	bool claimed = false;

	for (unsigned i = 0; i < n_actions; i++)
		if (action[i].vector == vector)
			claimed |= action[i].handler(action[i].arg);
	return claimed;
}

static void poll(struct timer *t)
{
	call_all(ASKED);
	timer_set(t, time_now() + POLL);
}

static void poll_start(void)
{
	if (poll_timer.fn)
		return;
	poll_timer.fn = poll;
	timer_set(&poll_timer, time_now() + POLL);
}

static void add(unsigned vector, bool (*handler)(void *arg), void *arg)
{
	if (n_actions == HANDLERS)
		panic("no room for another interrupt handler");
	action[n_actions++] = (struct irq_action){ vector, handler, arg };
	if (vector == ASKED)
		poll_start();
}

/* The IO-APICs' LINE; ASKED: it has no way to us. */
static unsigned route(unsigned number, uint16_t flags)
{
	unsigned id = apic_id(), v = VEC_LINE - VEC_IRQ;

	if (number < PIC_LINES)
		number = ioapic_isa(number, &flags);
	while (v < VEC_MSI - VEC_IRQ && line[v].used &&
	       line[v].number != number)
		v++;
	if (v == VEC_MSI - VEC_IRQ || id > 0xfe ||
	    !ioapic_route(number, flags, VEC_IRQ + v, (uint8_t)id))
		return ASKED;
	line[v] = (struct line){ .number = number, .used = true };
	return VEC_IRQ + v;
}

void irq_register(unsigned number, enum irq_kind kind,
		  bool (*handler)(void *arg), void *arg)
{
	static const uint16_t flags[] = {
		[IRQ_ISA] = 0, [IRQ_SCI] = MADT_LEVEL | MADT_LOW,
		[IRQ_LEVEL] = MADT_LEVEL,
	};
	unsigned vector;

	if (pic && number < PIC_LINES) {
		add(VEC_IRQ + number, handler, arg);
		pic_mask(number, false);
		return;
	}
	vector = route(number, flags[kind]);
	if (vector == ASKED)
		hv_log("interrupt line %u: no way to it, "
		       "its device is asked every millisecond", number);
	add(vector, handler, arg);
}

static enum irq_way by_message(const struct pci_dev *p)
{
	static const enum irq_way way[] = {
		[MSI_NONE] = IRQ_ASKED, [MSI_ONE] = IRQ_MSI, [MSI_X] = IRQ_MSIX,
	};
	unsigned id = apic_id();

	return id > 0xfe ? IRQ_ASKED :
		way[msi_enable(p, VEC_MSI + n_actions, (uint8_t)id)];
}

enum irq_way irq_register_pci(const struct pci_dev *p,
			      bool (*handler)(void *arg), void *arg)
{
	enum irq_way way = p->mmio ? IRQ_LINE : by_message(p);
	unsigned number = p->mmio ? p->line : pci_irq(p);

	if (way == IRQ_ASKED && pic && number < PIC_LINES)
		way = IRQ_LINE;
	if (way == IRQ_ASKED)
		hv_log("pci %x: no way for its interrupts, "
		       "it is asked every millisecond", p->address >> 8);
	if (way == IRQ_LINE)
		irq_register(number, IRQ_LEVEL, handler, arg);
	else
		add(way == IRQ_ASKED ? ASKED : VEC_MSI + n_actions,
		    handler, arg);
	return way;
}

/* A line that cries all the time would leave the guest none. */
static void silence(unsigned vector)
{
	unsigned number = vector < VEC_LINE ? vector - VEC_IRQ :
		line[vector - VEC_IRQ].number;

	hv_log("interrupt line %u: %u interrupts that nobody claims: masked, "
	       "its devices are asked every millisecond", number, UNCLAIMED);
	if (vector < VEC_LINE)
		pic_mask(number, true);
	else
		ioapic_mask(number);
	for (unsigned i = 0; i < n_actions; i++)
		if (action[i].vector == vector)
			action[i].vector = ASKED;
	poll_start();
}

static void line_dispatch(unsigned vector)
{
	struct line *l = &line[vector - VEC_IRQ];

	if (vector < VEC_LINE && pic_spurious(vector - VEC_IRQ))
		return;
	if (call_all(vector))
		l->unclaimed = 0;
	else if (++l->unclaimed == UNCLAIMED)
		silence(vector);
	if (vector < VEC_LINE)
		pic_eoi(vector - VEC_IRQ);
	else
		apic_eoi();
}

static void dispatch(unsigned vector)
{
	if (vector < VEC_MSI)
		line_dispatch(vector);
	else if (vector < VEC_MSI + HANDLERS)
		call_all(vector);
	else if (vector == VEC_TIMER)
		timer_interrupt();
}

/*
 * The local APIC is told at once that it is over, so that others can end our
 * sleep.  A line is held until it is served: meanwhile no other one of its
 * priority comes, which are the 8259s' or all of the IO-APICs'.
 */
void irq_note(unsigned vector)
{
	struct irq_noted *n = &irq_noted[smp_self()];

	n->vectors[vector / 64] |= 1ULL << vector % 64;
	n->any = true;
	if (vector >= VEC_MSI && vector != VEC_SPURIOUS)
		apic_eoi();
}

void irq_serve_noted(struct irq_noted *n)
{
	struct irq_noted was = *n;

	*n = (struct irq_noted){ .any = false };
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
	irq_serve(0);
}
