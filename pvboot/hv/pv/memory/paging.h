/* The guest's page tables. */
#ifndef PVBOOT_HV_PV_MEMORY_PAGING_H
#define PVBOOT_HV_PV_MEMORY_PAGING_H

#include "pvboot/hv/pv/domain.h"

int paging_validate(struct domain *d, uint64_t mfn, unsigned type);
void paging_undo(uint64_t mfn, unsigned type);
/* Replace entry SLOT of the typed table MFN, counts and all. */
int paging_set(struct domain *d, uint64_t mfn, unsigned slot, uint64_t val);
/* The L1 entry that maps VA in the guest kernel's tables, or NULL. */
uint64_t *paging_walk(struct vcpu *v, uint64_t va);
/* Set slots 256..271 of root MFN. */
void paging_fill_root(struct domain *d, uint64_t mfn, bool kernel);
/* New roots: 0 for the user root is "none". */
int paging_new_root(struct vcpu *v, uint64_t mfn);
int paging_new_user_root(struct vcpu *v, uint64_t mfn);
void paging_load(struct vcpu *v);

#endif
