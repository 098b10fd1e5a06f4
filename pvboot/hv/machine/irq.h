/* Interrupts: the 8259s' lines and our own vectors. */
#ifndef PVBOOT_HV_MACHINE_IRQ_H
#define PVBOOT_HV_MACHINE_IRQ_H

#define VEC_IRQ		0x20
#define VEC_TIMER	0xf0
#define VEC_KICK	0xf1	/* smp.c: another processor wants us */
#define VEC_SPURIOUS	0xff

void irq_init(void);
/*
 * HANDLER runs with interrupts off at every interrupt of IRQ line 0..15 (the
 * 8259's; the number in PCI configuration byte 0x3c), which may be shared, and
 * on machines without 8259s every millisecond.  Needs time_init().
 */
void irq_register(unsigned irq, void (*handler)(void *arg), void *arg);
/*
 * An interrupt has come: so far without the lock.  It is served when this
 * processor has it, by lock_take() if it is not ours already.
 */
void irq_note(unsigned vector);
void irq_serve(void);
/* With the lock: serve it, if smp_from_guest() has not. */
void irq_arrived(unsigned vector);

#endif
