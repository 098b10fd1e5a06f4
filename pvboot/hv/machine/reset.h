/*
 * The processor as a reset leaves it.  reset_early() needs the console only
 * and comes before our own page tables (NX); reset_cpu() needs the IDT.
 */
#ifndef PVBOOT_HV_MACHINE_RESET_H
#define PVBOOT_HV_MACHINE_RESET_H

void reset_early(void);
void reset_cpu(void);

#endif
