/*
 * Xen's public headers (libxen-dev), at the newest interface version.  Include
 * this before any other of them.
 */
#ifndef LOADER_ABI_XEN_H
#define LOADER_ABI_XEN_H

#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__

#include <xen/xen.h>
#include <xen/elfnote.h>

#define XEN_PAGE 4096ul

/* x86-64 page table entry flags (Intel SDM vol. 3, 4.5) */
#define PTE_P 0x01ul
#define PTE_RW 0x02ul
#define PTE_US 0x04ul
#define PTE_A 0x20ul
#define PTE_D 0x40ul
#define PTE_NX (1ul << 63)

#endif
