/* Mappings of a domain's own grants in its own address space, by handle. */
#ifndef PVBOOT_HV_PV_MEMORY_MAPPING_H
#define PVBOOT_HV_PV_MEMORY_MAPPING_H

#include "pvboot/hv/pv/domain.h"

/* One operation each: 0, GNTST_..., or -XEN_ERESTART (nothing was done). */
int mapping_map(struct vcpu *v, struct gnttab_map_grant_ref *op);
int mapping_unmap(struct vcpu *v, const struct gnttab_unmap_grant_ref *op);
int mapping_replace(struct vcpu *v, const struct gnttab_unmap_and_replace *op);

#endif
