/*
 * Hypercalls that answer questions about the hypervisor, and vm_assist.  What
 * is written to a guest is zeroed first.
 */
#include "pvboot/hv/pv/cpu/hypercall/version.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/features.h>
#include <xen/version.h>

#define MAJOR 4
#define MINOR 17

#define FEATURES (1U << XENFEAT_mmu_pt_update_preserve_ad |	\
		  1U << XENFEAT_gnttab_map_avail_bits |		\
		  1U << XENFEAT_highmem_assist)

static int64_t give(struct vcpu *v, uint64_t va, const void *p, size_t len)
{
	return guest_write(v, va, p, len) ? 0 : -XEN_EFAULT;
}

static int64_t give_text(struct vcpu *v, uint64_t va, const char *text,
			 size_t size)
{
	char buf[1024] = "";

	fmt(buf, sizeof(buf), "%s", text);
	return give(v, va, buf, size);
}

static int64_t get_features(struct vcpu *v, uint64_t va)
{
	struct xen_feature_info f;

	if (!guest_read(v, &f, va, sizeof(f)))
		return -XEN_EFAULT;
	f.submap = f.submap_idx ? 0 : FEATURES;
	if (!f.submap_idx && v->domain->vm_assist &
	    1U << VMASST_TYPE_pae_extended_cr3)
		f.submap |= 1U << XENFEAT_pae_pgdir_above_4gb;
	return f.submap_idx > XENFEAT_NR_SUBMAPS ? -XEN_EINVAL :
		give(v, va, &f, sizeof(f));
}

static int64_t compile_info(struct vcpu *v, uint64_t va)
{
	struct xen_compile_info c;

	memset(&c, 0, sizeof(c));
	fmt(c.compiler, sizeof(c.compiler), "gcc");
	fmt(c.compile_by, sizeof(c.compile_by), "twinboot");
	return give(v, va, &c, sizeof(c));
}

/* xen_version(cmd, arg) */
int64_t do_xen_version(struct vcpu *v, const uint64_t *a)
{
	static const uint8_t handle[16];
	uint64_t start = HV_HOLE_START;

	switch ((uint32_t)a[0]) {
	case XENVER_version:
		return MAJOR << 16 | MINOR;
	case XENVER_extraversion:
		return give_text(v, a[1], ".0-twinboot", 16);
	case XENVER_compile_info:
		return compile_info(v, a[1]);
	case XENVER_capabilities:
		return give_text(v, a[1], "xen-3.0-x86_64 ", 1024);
	case XENVER_changeset:
		return give_text(v, a[1], "unavailable", 64);
	case XENVER_platform_parameters:
		return give(v, a[1], &start, sizeof(start));
	case XENVER_get_features:
		return get_features(v, a[1]);
	case XENVER_pagesize:
		return a[1] ? -XEN_EINVAL : (int64_t)PAGE_SIZE;
	case XENVER_guest_handle:
		return give(v, a[1], handle, sizeof(handle));
	case XENVER_commandline:
		return give_text(v, a[1], "", 1024);
	}
	return -XEN_ENOSYS;
}

/*
 * vm_assist(cmd, type).  4gb_segments and pae_extended_cr3 speak of things that
 * a 64-bit guest never meets; stores into its L1 tables are always emulated.
 */
int64_t do_vm_assist(struct vcpu *v, const uint64_t *a)
{
	struct domain *d = v->domain;

	if (a[1] > VMASST_TYPE_runstate_update_flag)
		return -XEN_EINVAL;
	if (a[0] == VMASST_CMD_enable)
		d->vm_assist |= 1U << a[1];
	else if (a[0] != VMASST_CMD_disable)
		return -XEN_ENOSYS;
	else if (a[1] == VMASST_TYPE_writable_pagetables)
		return -XEN_EINVAL;
	else
		d->vm_assist &= ~(1U << a[1]);
	return 0;
}
