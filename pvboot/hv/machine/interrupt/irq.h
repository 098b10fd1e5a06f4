/* Interrupts: lines, messages and our own vectors. */
#ifndef PVBOOT_HV_MACHINE_INTERRUPT_IRQ_H
#define PVBOOT_HV_MACHINE_INTERRUPT_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"

#define VEC_IRQ		0x20	/* the 8259s' lines */
#define VEC_LINE	0x30	/* as many of the IO-APICs' */
#define VEC_MSI		0x40
#define VEC_TIMER	0xf0
#define VEC_KICK	0xf1	/* smp.c: another processor wants us */
#define VEC_SPURIOUS	0xff

struct pci_dev;

/* How a device tells us. */
enum irq_way { IRQ_ASKED, IRQ_LINE, IRQ_MSI, IRQ_MSIX };
extern const char *const irq_way_name[];

/* What a line is when nothing else is said of it. */
enum irq_kind { IRQ_ISA, IRQ_SCI, IRQ_LEVEL };

void irq_init(void);
/*
 * HANDLER runs with interrupts off at every interrupt of LINE, which may be
 * shared; it returns whether the interrupt was its device's.  A line without a
 * way to us, or masked because nobody claims what comes: every millisecond.
 * Below 16 it is one of the old bus.  Needs time_init().
 */
void irq_register(unsigned line, enum irq_kind kind,
		  bool (*handler)(void *arg), void *arg);
/* P's, by the best way it has. */
enum irq_way irq_register_pci(const struct pci_dev *p,
			      bool (*handler)(void *arg), void *arg);
/*
 * An interrupt has come: so far without the lock.  It is served when this
 * processor has it, by lock_take() if it is not ours already.
 */
void irq_note(unsigned vector);

extern struct irq_noted {
	uint64_t vectors[4];
	bool any;
} irq_noted[PROCESSORS];
void irq_serve_noted(struct irq_noted *n);

static inline void irq_serve(unsigned self)
{
	if (irq_noted[self].any)
		irq_serve_noted(&irq_noted[self]);
}

/* With the lock: serve it, if smp_from_guest() has not. */
void irq_arrived(unsigned vector);

#endif
