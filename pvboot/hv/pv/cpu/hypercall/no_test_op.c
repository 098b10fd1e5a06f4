/*
 * Hypercall 55 (arch_7) belongs to the test build (test/audit.c).
 */
#include "pvboot/hv/pv/cpu/hypercall/test_op.h"

int64_t do_test_op(struct vcpu *v, const uint64_t *a)
{
	return -XEN_ENOSYS;
}
