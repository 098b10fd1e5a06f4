/* Parts of fuzz.elf. */
#ifndef TESTS_HV_FUZZ_H
#define TESTS_HV_FUZZ_H

#include "tests/hv/guest.h"

#define FUZZ_MAGIC	0x5a5a5a5a5a5a5a58UL	/* no present entry */

uint64_t fuzz_rnd(uint64_t n);
uint8_t *fuzz_page(void);	/* one of those it plays with */
uint64_t fuzz_pte(void);
/* A frame may have come back: the p2m says what the M2P does. */
void fuzz_took(uint64_t frame);

uint8_t *fuzz_gone(void);	/* one whose frame was given back, if any */

extern uint8_t *fuzz_window;	/* a page that is mapped to look at others */
extern unsigned fuzz_bad;	/* what must not be, seen */

void fuzz_multicall(void);
void fuzz_probe(void);

#endif
