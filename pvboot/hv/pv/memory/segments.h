/* The guest's descriptor tables. */
#ifndef PVBOOT_HV_PV_MEMORY_SEGMENTS_H
#define PVBOOT_HV_PV_MEMORY_SEGMENTS_H

#include "pvboot/hv/pv/domain.h"

/* Check and fix the 512 descriptors of a page. */
bool segments_validate(uint64_t mfn);
/* Before a guest runs: no descriptors of its. */
void segments_init(struct vcpu *v);
int segments_set_gdt(struct vcpu *v, const uint64_t *mfn, unsigned ents);
int segments_set_ldt(struct vcpu *v, uint64_t va, unsigned ents);
void segments_drop_ldt(struct vcpu *v);
/*
 * SEL may be of the LDT: have its page in the shadow.  True: it is newly there.
 */
bool segments_ldt_need(struct vcpu *v, uint16_t sel);
/* A fault in the LDT's shadow.  False: the guest has nothing there. */
bool segments_ldt_fault(struct vcpu *v, unsigned page);
int64_t do_update_descriptor(struct vcpu *v, const uint64_t *a);
int64_t do_set_gdt(struct vcpu *v, const uint64_t *a);
int64_t do_set_segment_base(struct vcpu *v, const uint64_t *a);

#endif
