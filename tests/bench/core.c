/*
 * How fast the hypervisor's core is in a process (tests/core), under the
 * sanitizers and with the model TLB, without the audit; and whether the playing
 * guest plays well: a third of its hypercalls granted, each kind at least once
 * in a thousand operations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "tests/core/play.h"

#define BYTES	16384
#define ROUNDS	200
#define LEAST	50000	/* operations a second of processor time */

/* Processor time: how busy the machine is does not matter. */
static double now(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

int main(void)
{
	static uint8_t data[BYTES];
	unsigned long all = 0, good = 0, least = ~0UL;
	double start = now(), rate, share;
	unsigned i, k;

	srandom(1);
	for (i = 0; i < ROUNDS; i++) {
		for (k = 0; k < BYTES; k++)
			data[k] = (uint8_t)(random() >> 8);
		play(data, BYTES, 0);
	}
	rate = (double)play_tally.ops / (now() - start);
	for (i = 0; i < PLAY_CALLS; i++) {
		all += play_tally.calls[i];
		good += play_tally.good[i];
		if (hypercall_table[i] && play_tally.calls[i] < least)
			least = play_tally.calls[i];
	}
	share = 100.0 * (double)good / (double)all;
	printf("core  %.0f operations a second, %.0f %% of %lu hypercalls "
	       "granted\n", rate, share, all);
	printf("core  the rarest hypercall %.1f times in 1,000 operations; "
	       "%lu stores emulated\n", (double)least * 1000 /
	       (double)play_tally.ops, play_tally.emulated);
	return rate < LEAST || share < 100.0 / 3 ||
		least * 1000 < play_tally.ops;
}
