/*
 * A hostile guest in a process: a domain of FAKE_FRAMES - FAKE_FIRST frames
 * with its own map in place, and the operations a list of bytes makes it do.
 */
#ifndef TESTS_CORE_PLAY_H
#define TESTS_CORE_PLAY_H

#include <stddef.h>

#include "pvboot/hv/pv/domain.h"

#define PLAY_CALLS 64

struct play_tally {
	unsigned long ops, calls[PLAY_CALLS], good[PLAY_CALLS], stores,
		emulated;
};
extern struct play_tally play_tally;

struct domain *play_start(void);	/* afresh */
/*
 * Do what DATA says; the model TLB is checked after every operation, and every
 * count after each EVERY operations (0: at the end only).  Aborts when
 * something is wrong.
 */
void play(const uint8_t *data, size_t n, unsigned every);

#endif
