/* What FAT can hold of a tree, checked before anything is written. */
#ifndef TOOLS_IMAGE_FS_FAT_NAMES_H
#define TOOLS_IMAGE_FS_FAT_NAMES_H

#include "tools/image/tree/filetree.h"

#define FAT_FIRST_TIME 315532800	/* 1980-01-01 */

/* 0, or -1 with an error that names the entry. */
int fat_names_check(const struct tree *t);

#endif
