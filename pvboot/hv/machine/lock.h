/*
 * The one lock: guest code runs on all processors at once, the hypervisor on
 * the one that holds this.  Interrupts are off.
 */
#ifndef PVBOOT_HV_MACHINE_LOCK_H
#define PVBOOT_HV_MACHINE_LOCK_H

#include <stdbool.h>

/* First come, first served; SELF is this processor. */
void lock_take(unsigned self);
void lock_release(void);
bool lock_is_ours(void);
/* Processor N sleeps in lock_take(): an interrupt makes it look around. */
bool lock_sleeps(unsigned n);
/* This one does: the interrupt it gets is for later (irq_note()). */
bool lock_waits(void);

#endif
