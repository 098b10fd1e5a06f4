/*
 * Time: the TSC, scaled as Xen's vcpu_time_info says (xen.h).
 */
#include "pvboot/guest/guest.h"

uint64_t backend_tsc;

uint64_t clock_ns(void)
{
	volatile vcpu_time_info_t *t = &shared_info.vcpu_info[0].time;
	uint64_t delta, base;
	uint32_t version, mul;
	int shift;

	do {
		version = t->version;
		barrier();
		delta = rdtsc() - t->tsc_timestamp;
		base = t->system_time;
		mul = t->tsc_to_system_mul;
		shift = t->tsc_shift;
		barrier();
	} while (version & 1 || version != t->version);
	delta = shift < 0 ? delta >> -shift : delta << shift;
	return base + (uint64_t)((unsigned __int128)delta * mul >> 32);
}

uint64_t clock_ms(void)
{
	return clock_ns() / 1000000;
}
