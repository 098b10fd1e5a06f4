/* The control: QEMU starts an image's kernel itself, no loader of ours. */
#ifndef TOOLS_VM_DIRECT_H
#define TOOLS_VM_DIRECT_H

#include "tools/vm/path.h"

/*
 * -kernel, -initrd and -append as the image's menu.lst has them.  0, or -1 with
 * an error reported.
 */
int direct_machine(struct vm_args *a, const struct vm_config *c);

#endif
