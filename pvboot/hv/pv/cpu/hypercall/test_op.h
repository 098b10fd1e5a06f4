/* Hypercall 55: no_test_op.c, or test/audit.c in the test build. */
#ifndef PVBOOT_HV_PV_CPU_HYPERCALL_TEST_OP_H
#define PVBOOT_HV_PV_CPU_HYPERCALL_TEST_OP_H

#include "pvboot/hv/pv/domain.h"

int64_t do_test_op(struct vcpu *v, const uint64_t *a);

#endif
