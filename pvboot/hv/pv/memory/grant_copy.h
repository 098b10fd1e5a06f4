/* GNTTABOP_copy, between a domain's own pages and its own grants. */
#ifndef PVBOOT_HV_PV_MEMORY_GRANT_COPY_H
#define PVBOOT_HV_PV_MEMORY_GRANT_COPY_H

#include "pvboot/hv/pv/domain.h"

/* 0, GNTST_..., or -XEN_ERESTART (nothing was done). */
int grant_copy(struct domain *d, const struct gnttab_copy *op);

#endif
