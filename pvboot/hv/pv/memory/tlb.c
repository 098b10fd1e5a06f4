/*
 * Flushes of the TLB, and their count.
 */
#include "pvboot/hv/pv/memory/tlb.h"

#include <stdbool.h>

#include "pvboot/hv/machine/cpu.h"

uint32_t tlb_clock = 1;

static bool flush_wanted;

void tlb_flushed(void)
{
	tlb_clock++;
	flush_wanted = false;
}

void tlb_flush_later(void)
{
	flush_wanted = true;
}

void tlb_flush_wanted(void)
{
	if (flush_wanted)
		tlb_flush();
}

void tlb_flush(void)
{
	tlb_flushed();
	write_cr3(read_cr3());
}
