/* Whether an image needs our hypervisor. */
#ifndef TOOLS_IMAGE_HV_NEED_H
#define TOOLS_IMAGE_HV_NEED_H

#include "tools/image/build.h"

/*
 * Whether an entry of the menu.lst in B's tree is to be a PV guest: by its
 * mark, by the settings, or because its kernel, if that is in the tree, can be
 * nothing else.
 */
bool hv_need(const struct build *b);

#endif
