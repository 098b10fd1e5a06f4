/*
 * Pages of a domain that the hypervisor keeps: roots, descriptor tables,
 * vcpu_info, rings.  Each is a struct hold, which has a reference of the type
 * that the use needs for as long as the use lasts, and stands in a list of the
 * domain's that the audit walks.  (What backends map by grants is kept by
 * grant.c's active entries in the same way.)
 */
#ifndef PVBOOT_HV_PV_MEMORY_HOLD_H
#define PVBOOT_HV_PV_MEMORY_HOLD_H

#include "pvboot/hv/pv/domain.h"

/*
 * Keep frame MFN of D's own memory as TYPE; H must be empty.
 * 0, or -XEN_E... when the frame is not D's or in use as something else.
 */
int hold_take(struct domain *d, struct hold *h, uint64_t mfn, unsigned type);
void hold_drop(struct hold *h);		/* nothing held: nothing done */
/* TO gives up what it has and becomes what FROM was; FROM is empty then. */
void hold_replace(struct hold *to, struct hold *from);
void *hold_page(const struct hold *h);

#endif
