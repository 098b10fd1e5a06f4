/*
 * Questions about memory; balloon.c has the reservations.
 */
#include "pvboot/hv/pv/memory/memory_op.h"

#include <xen/memory.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/balloon.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

/* One region of RAM, no holes: guests make their own low reserved ones. */
static int64_t give_map(struct vcpu *v, uint64_t va)
{
	struct {
		uint64_t addr, size;
		uint32_t type;
	} __attribute__((packed)) e820 = { 0, v->domain->nr_pages << 12, 1 };
	struct xen_memory_map m;

	if (!guest_read(v, &m, va, sizeof(m)))
		return -XEN_EFAULT;
	if (!m.nr_entries)
		return -XEN_EINVAL;
	m.nr_entries = 1;
	if (!guest_write(v, (uint64_t)(uintptr_t)m.buffer.p, &e820,
			 sizeof(e820)))
		return -XEN_EFAULT;
	return guest_write(v, va, &m, sizeof(m)) ? 0 : -XEN_EFAULT;
}

static int64_t machphys_mapping(struct vcpu *v, uint64_t va)
{
	struct xen_machphys_mapping m = {
		.v_start = HV_M2P, .v_end = HV_M2P + (max_mfn << 3),
		.max_mfn = max_mfn - 1,
	};

	return guest_write(v, va, &m, sizeof(m)) ? 0 : -XEN_EFAULT;
}

/* memory_op(cmd, arg) */
int64_t do_memory_op(struct vcpu *v, const uint64_t *a)
{
	switch (a[0] & ((1U << MEMOP_EXTENT_SHIFT) - 1)) {
	case XENMEM_increase_reservation:
	case XENMEM_populate_physmap:
	case XENMEM_decrease_reservation:
		return balloon_op(v, (uint32_t)a[0], a[1]);
	case XENMEM_maximum_ram_page:
		return (int64_t)max_mfn - 1;
	case XENMEM_current_reservation:
		return (int64_t)v->domain->tot_pages;
	case XENMEM_maximum_reservation:
		return (int64_t)v->domain->nr_pages;
	case XENMEM_memory_map:
		return give_map(v, a[1]);
	case XENMEM_machine_memory_map:
		return -XEN_EPERM;
	case XENMEM_machphys_mapping:
		return machphys_mapping(v, a[1]);
	}
	return -XEN_ENOSYS;
}
