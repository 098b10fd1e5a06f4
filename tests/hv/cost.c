/*
 * What hypercalls cost, in TSC ticks: instructions under -icount shift=0.
 */
#include "tests/hv/guest.h"

#define TIMES 1000

static uint64_t tsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

void guest_main(void)
{
	uint8_t *page = pages(1);
	uint64_t with = pte_of(page), t;
	unsigned i;

	t = tsc();
	for (i = 0; i < TIMES; i++)
		hypercall(__HYPERVISOR_xen_version, 0, 0, 0, 0);
	say("COST xen_version %lu\n", (tsc() - t) / TIMES);
	t = tsc();
	for (i = 0; i < TIMES; i++)
		hypercall(__HYPERVISOR_update_va_mapping, UL(page),
			  i & 1 ? with : with & ~RW, UVMF_INVLPG, 0);
	say("COST update_va_mapping %lu\n", (tsc() - t) / TIMES);
}
