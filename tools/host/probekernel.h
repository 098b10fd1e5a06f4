/* Which kernels are ours, and tell on the console what they were given. */
#ifndef TOOLS_HOST_PROBEKERNEL_H
#define TOOLS_HOST_PROBEKERNEL_H

#include "loader/fs/fs.h"

/* Whether FILE was made by kernelgen: it has the words that its kernels say. */
bool probekernel_is(struct file *file);

#endif
