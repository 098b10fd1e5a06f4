/* Our GDT page, IDT, TSS and SYSCALL registers. */
#ifndef PVBOOT_HV_MACHINE_TABLES_H
#define PVBOOT_HV_MACHINE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

struct regs;

extern uint8_t tables_gdt[4096];

void tables_init(void);
/* Before a guest is entered first. */
void tables_leave(void);
/* Does SYSENTER enter, or is it #GP? */
void tables_set_sysenter(bool on);
/* Limit of LDT, in entries; 0: none. */
void tables_set_ldt(unsigned ents);
/* Where the next entry from a guest stores its registers. */
void tables_set_stack(struct regs *r);

#endif
