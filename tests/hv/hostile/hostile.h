/* Parts of hostile.elf. */
#ifndef TESTS_HV_HOSTILE_HOSTILE_H
#define TESTS_HV_HOSTILE_HOSTILE_H

#include <stdint.h>

extern uint8_t *spare;

void hostile_calls(void);	/* hostile_calls.c: hypercalls' arguments */
void hostile_grants(void);	/* hostile_grants.c: our own grants */
void hostile_kept(void);	/* hostile_kept.c: pages we keep */
void hostile_kept_events(void);
void hostile_tlb(void);		/* hostile_tlb.c: old translations */
void hostile_linear(void);	/* hostile_linear.c: self maps */
void hostile_stores(void);	/* hostile_stores.c: across a table's border */
void hostile_touch_ldt(void *);	/* hostile.c */
void hostile_cpu(void);		/* hostile_cpu.c: instructions */
void hostile_die(const char *name);

#endif
