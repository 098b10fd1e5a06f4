/* Between play.c, play_stores.c and play_domain.c. */
#ifndef TESTS_CORE_PLAY_DOMAIN_H
#define TESTS_CORE_PLAY_DOMAIN_H

#include "tests/core/fakecpu.h"
#include "tests/core/play.h"

#define PLAY_BASE	0xffffffff80000000ULL
#define PLAY_PAGES	(FAKE_FRAMES - FAKE_FIRST)
#define PLAY_VCPUS	5
#define PLAY_STARTED	3	/* of them, at first */

/* Pages of the first map, by number: 0..3 are its tables. */
#define PLAY_CODE	4
#define PLAY_DATA	5	/* two of them */
#define PLAY_CONSOLE	8
#define PLAY_STORE	9
#define PLAY_FIRST	16	/* from here on: to play with */
#define PLAY_COUNT	64

uint64_t play_mfn(unsigned pfn);	/* at the start */

static inline uint64_t play_va(unsigned pfn)
{
	return PLAY_BASE + pfn * 4096ULL;
}

#define PLAY_ARG	play_va(PLAY_DATA)	/* arguments' place */

/* Who plays, and the next number of the input below N. */
extern struct domain *play_domain;
extern struct vcpu *play_vcpu;
uint64_t play_rnd(uint64_t n);
unsigned play_page(void);	/* one to play with */
uint64_t play_any_mfn(void);
uint64_t play_any_pte(void);
/* N bytes to VA, as the guest; false: it is not mapped any more. */
bool play_put(uint64_t va, const void *from, size_t n);

/* Hypercall NR, from its first try to its end (or given up): the result. */
int64_t play_call(unsigned nr, uint64_t a, uint64_t b, uint64_t c, uint64_t e);
/* One try of it; false: the guest would make it again. */
bool play_once(unsigned nr, uint64_t a, uint64_t b, uint64_t c, uint64_t e);

void play_grants(void);
void play_half(void);
void play_long_list(void);
void play_multicall(void);
void play_store(void);
void play_read_for_it(void);
void play_vcpus(void);

/* One that can run, in kernel mode. */
struct vcpu *play_next_vcpu(void);
/* Its registers are no others than a guest may have. */
void play_check_vcpu(const struct vcpu *v);
void play_backends(void);

#endif
