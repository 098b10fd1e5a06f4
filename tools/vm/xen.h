/* The boot path "xen": genuine Xen, as tests/xen-testbed makes it. */
#ifndef TOOLS_VM_XEN_H
#define TOOLS_VM_XEN_H

#include "tools/vm/path.h"

int xen_machine(struct vm_args *a, const struct vm_config *c);

#endif
