/* Parts of fuzz.elf. */
#ifndef TESTS_HV_FUZZ_FUZZ_H
#define TESTS_HV_FUZZ_FUZZ_H

#include "tests/hv/guest.h"

#define FUZZ_CPUS	16

uint64_t fuzz_rnd(uint64_t n);
uint8_t *fuzz_page(void);	/* one of those it plays with */
uint64_t fuzz_pte(void);
/* A frame may have come back: the p2m says what the M2P does. */
void fuzz_took(uint64_t frame);

uint8_t *fuzz_gone(void);	/* one whose frame was given back, if any */

extern uint8_t *fuzz_window;	/* a page that is mapped to look at others */
/*
 * Two that no other vCPU touches, to see what arrives and for a root; NULL:
 * this is the only vCPU.
 */
extern uint8_t *fuzz_quiet;
extern unsigned fuzz_bad;	/* what must not be, seen */

/* This vCPU, how many there are, and this one's root. */
extern unsigned fuzz_me, fuzz_cpus;
extern uint64_t *fuzz_root;

/*
 * Count the vCPUs; start all others, each with its own copy of our variables,
 * at RUN(): 0 or an error.  And wait until all have come back from it: the sum
 * of what they returned, and of their *OPS.
 */
void fuzz_count_cpus(void);
long fuzz_start(long (*run)(uint64_t *ops));
long fuzz_join(uint64_t *ops);

void fuzz_multicall(void);
void fuzz_probe(void);
/* Other vCPUs (never the first) go, come, are waited for and woken. */
void fuzz_life(void);
/* What needs no lock of the hypervisor's; for each vCPU a stack for that. */
void fuzz_make_stacks(void);
void fuzz_alone(void);

#endif
