/*
 * What the lowest room calls of higher ones: a name that is linked, not a
 * pointer, because assembly calls it.
 */
#ifndef PVBOOT_HV_MACHINE_UPCALLS_H
#define PVBOOT_HV_MACHINE_UPCALLS_H

#include <stdint.h>

struct regs;

/* boot.S: from the boot loader, as it left its registers. */
void start(uint32_t magic, uint32_t info_pa);
/* trap.S: an exception or interrupt struck while we ourselves ran. */
void trap_inside_c(struct regs *r);

#endif
