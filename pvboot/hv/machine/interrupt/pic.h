/* The two 8259s. */
#ifndef PVBOOT_HV_MACHINE_INTERRUPT_PIC_H
#define PVBOOT_HV_MACHINE_INTERRUPT_PIC_H

#include <stdbool.h>

#define PIC_LINES	16

/* Line 0 is to be VECTOR; all are masked.  False: there are none. */
bool pic_init(unsigned vector);
void pic_mask(unsigned line, bool masked);
/* It stands for "nobody in particular": not to be served, and over. */
bool pic_spurious(unsigned line);
void pic_eoi(unsigned line);

#endif
