/*
 * How much work a guest gets at a time.  Every exit has a budget, which all
 * that it asks for is paid from, a multicall's entries together; what costs
 * more is cut, and the guest makes its call again for the rest (-XEN_ERESTART,
 * see hypercall.h).  A unit is at most about a hundred instructions, so that
 * interrupts are never off for much more than a million.
 */
#ifndef PVBOOT_HV_PV_MEMORY_BUDGET_H
#define PVBOOT_HV_PV_MEMORY_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/hv/pv/xen.h"

#define BUDGET_CALL	16U	/* a hypercall, or one request of a list */

extern int32_t budget_size;	/* units; tests make it less */
extern int32_t budget_left;	/* until the first exit: all that is wanted */

static inline void budget_start(void)
{
	budget_left = budget_size;
}

static inline bool budget_empty(void)
{
	return budget_left <= 0;
}

/* Work that is done whole, whatever is left; never more than a call's. */
static inline void budget_charge(unsigned units)
{
	budget_left -= (int32_t)units;
}

/* For an error that the guest knows by another name, unless it is "again". */
static inline int budget_error(int err, int told)
{
	return !err || err == -XEN_ERESTART ? err : told;
}

#endif
