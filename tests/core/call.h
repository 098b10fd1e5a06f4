/* Hypercalls of the playing guest one by one, for unit tests. */
#ifndef TESTS_CORE_CALL_H
#define TESTS_CORE_CALL_H

#include <stddef.h>
#include <stdint.h>

struct mmuext_op;

#define CALL_RO		(PTE_P | PTE_US | PTE_A)
#define CALL_RW		(CALL_RO | PTE_RW | PTE_D)

/*
 * One try of play_vcpu's; -XEN_ERESTART: the guest would make it again.  Aborts
 * when the audit or the model TLB finds something wrong afterwards.
 */
int64_t call_part(unsigned nr, uint64_t a, uint64_t b, uint64_t c);
/* To its end; in so many parts. */
int64_t call(unsigned nr, uint64_t a, uint64_t b, uint64_t c);
extern unsigned call_parts;

/* The same of pages of the first map. */
void call_ask(struct mmuext_op *op, unsigned cmd, uint64_t mfn);
int64_t call_ext(unsigned cmd, unsigned page);
int64_t call_map(unsigned page, uint64_t flags);	/* 0: nothing */

/* One operation on grants; OP is as the hypervisor leaves it. */
int64_t call_grant(unsigned cmd, void *op, size_t size);

#endif
