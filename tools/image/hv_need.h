/* Whether an image carries the hypervisor. */
#ifndef TOOLS_IMAGE_HV_NEED_H
#define TOOLS_IMAGE_HV_NEED_H

#include "tools/image/build.h"

/*
 * *PATH is that of NAME, the hypervisor's file, malloc'd, if the image in FD,
 * whose root file system is there, needs it: its default entry can only be a PV
 * guest or is to be one, an entry is marked, or --hv says so.  Else NULL.
 * 0, or -1 reported: --hv, and there is no such file.
 */
int hv_need(const struct build *b, int fd, const char *name, char **path);

#endif
