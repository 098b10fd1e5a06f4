/* A processor's GDT page, IDT, TSS, stacks and SYSCALL registers. */
#ifndef PVBOOT_HV_MACHINE_TABLES_H
#define PVBOOT_HV_MACHINE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

struct regs;

/* The first processor's, made and loaded. */
void tables_init(void);
/*
 * Make what another one is to have; its stack's top in the direct map, for the
 * time before it has our page tables.
 */
void *tables_prepare(unsigned processor);
/* By itself: use them. */
void tables_load(unsigned processor);
/* The top of its stack. */
uint64_t tables_stack(unsigned processor);
/* Before a guest is entered first. */
void tables_leave(void);

/* The rest is for the processor we run on, which is PROCESSOR. */

/* Does SYSENTER enter, or is it #GP? */
void tables_set_sysenter(bool on);
/* Limit of LDT, in entries; 0: none. */
void tables_set_ldt(unsigned processor, unsigned ents);
/* Where entries from a guest store its registers. */
void tables_set_stack(unsigned processor, struct regs *r);

#endif
