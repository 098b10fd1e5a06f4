/*
 * Xen's interface, and its errors: towards a guest they are negative XEN_E...
 * numbers.
 */
#ifndef PVBOOT_HV_PV_XEN_H
#define PVBOOT_HV_PV_XEN_H

#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040d00
#include <xen/xen.h>
#include <xen/grant_table.h>
#include <xen/vcpu.h>

#define XEN_ERRNO(name, value) XEN_##name = value,
enum xen_errno {
#include <xen/errno.h>
	XEN_ERESTART = 85	/* ours only: no guest is told this */
};

#define INVALID_MFN	(~0ULL)

#endif
