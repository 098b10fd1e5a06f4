/* Grants to built-in backends (domain 0). */
#ifndef PVBOOT_HV_PV_MEMORY_GRANT_H
#define PVBOOT_HV_PV_MEMORY_GRANT_H

#include "pvboot/hv/pv/domain.h"

/* False: no memory. */
bool grant_init(struct domain *d);
/*
 * The page behind REF, or NULL when the guest does not grant it so.  While it
 * is mapped the entry carries GTF_reading (and writing), and the frame cannot
 * become a page table (write) or be freed.
 */
void *grant_map(struct domain *d, uint32_t ref, bool write);
void grant_unmap(struct domain *d, uint32_t ref, bool write);
int64_t do_grant_table_op(struct vcpu *v, const uint64_t *a);

#endif
