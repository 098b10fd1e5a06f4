/* The boot path "xen": genuine Xen, as tests/xen-testbed makes it. */
#ifndef TOOLS_VMXEN_H
#define TOOLS_VMXEN_H

#include "tools/vmpath.h"

int vmxen_machine(struct vm_args *a, const struct vm_config *c);

/* Why this host cannot: the test bed was not made.  NULL: it was. */
const char *vmxen_missing(void);

#endif
