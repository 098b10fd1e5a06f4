/*
 * The other processor of pv/core.h: a machine of FAKE_FRAMES frames in an
 * array, and vCPUs whose TLBs remember every translation they used since their
 * last flush, as a processor may.
 */
#ifndef TESTS_CORE_FAKECPU_H
#define TESTS_CORE_FAKECPU_H

#include "pvboot/hv/pv/domain.h"

#define FAKE_FRAMES	320
#define FAKE_FIRST	64	/* the frames below are the hypervisor's */

void fakecpu_reset(void);	/* all memory 0, nothing taken */
/*
 * The byte at VA as V's kernel would reach it, by a cached translation if there
 * is one.  NULL: page fault; *PRESENT then says whether the page is there.
 */
uint8_t *fakecpu_access(struct vcpu *v, uint64_t va, bool write,
			bool *present);
/* The same by V's tables as they are, without TLB, accessed or dirty. */
uint8_t *fakecpu_walk(struct vcpu *v, uint64_t va, bool write);
/*
 * What a cached translation may be used for: a frame of the domain's; written
 * only if it is nothing but writable; walked only if it is a page table.
 * Aborts otherwise.
 */
void fakecpu_check(struct domain *d);
/* Say what is wrong, and abort. */
_Noreturn void fakecpu_fail(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
