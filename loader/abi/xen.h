/*
 * Xen's public headers (libxen-dev), at the newest interface version.  Include
 * this before any other of them.
 */
#ifndef LOADER_ABI_XEN_H
#define LOADER_ABI_XEN_H

#include <stdint.h>

#include "loader/abi/x86.h"

#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__

#include <xen/xen.h>
#include <xen/elfnote.h>

#define XEN_PAGE 4096ul

#endif
