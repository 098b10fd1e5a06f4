/* Stores of the guest to its page tables. */
#ifndef PVBOOT_HV_PV_MEMORY_RO_PAGE_FAULT_H
#define PVBOOT_HV_PV_MEMORY_RO_PAGE_FAULT_H

#include "pvboot/hv/pv/domain.h"

/* True: done (or something was injected); false: pass the fault on. */
bool ro_page_fault(struct vcpu *v, uint64_t va);

#endif
