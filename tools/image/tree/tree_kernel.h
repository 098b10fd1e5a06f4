/* The kernel that a tree has already. */
#ifndef TOOLS_IMAGE_TREE_TREE_KERNEL_H
#define TOOLS_IMAGE_TREE_TREE_KERNEL_H

#include "tools/image/tree/filetree.h"

/*
 * The newest kernel in /boot and the initrd made for it, as paths for a
 * menu.lst, malloc'd; NULL where there is none.
 */
void tree_kernel_find(const struct tree *t, char **kernel, char **initrd);

#endif
