/* Translations that the processor may still hold. */
#ifndef PVBOOT_HV_PV_MEMORY_TLB_H
#define PVBOOT_HV_PV_MEMORY_TLB_H

#include <stdint.h>

/*
 * Counts full flushes.  A frame whose last use in one type ended since the
 * last flush may still be cached that way.
 */
extern uint32_t tlb_clock;

void tlb_flush(void);
/* At the end of this hypercall; tlb_flush_wanted() does it. */
void tlb_flush_later(void);
void tlb_flush_wanted(void);
/* The caller has loaded CR3. */
void tlb_flushed(void);

#endif
