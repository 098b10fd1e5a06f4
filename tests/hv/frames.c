/*
 * Which machine frames a guest has: none twice, none that the firmware keeps.
 * Option kept=FROM-TO/FROM-TO/...: frame numbers, TO exclusive.
 */
#include "tests/hv/guest.h"

static uint64_t number(const char **p)
{
	uint64_t v = 0;

	for (; **p >= '0' && **p <= '9'; ++*p)
		v = v * 10 + (uint64_t)(**p - '0');
	return v;
}

/* The first frame of ours in one of the ranges, or 0. */
static uint64_t in_kept(const char *list)
{
	while (list && *list >= '0' && *list <= '9') {
		uint64_t from = number(&list), to, mfn;

		list++;
		to = number(&list);
		for (uint64_t pfn = 0; pfn < si->nr_pages; pfn++) {
			mfn = pfn_mfn(pfn);
			if (mfn >= from && mfn < to)
				return mfn;
		}
		list += *list == '/';
	}
	return 0;
}

void guest_main(void)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	uint64_t bad = 0, kept = in_kept(option("kept"));

	for (uint64_t pfn = 0; pfn < si->nr_pages; pfn++)
		bad += m2p[pfn_mfn(pfn)] != pfn;
	ok(!bad, "%lu frames, %lu of them twice", (uint64_t)si->nr_pages, bad);
	ok(!kept, "none of the firmware's (%lu)", kept);
	ok(!hypercall(__HYPERVISOR_arch_7, 0, 0, 0, 0), "the audit agrees");
	done();
}
