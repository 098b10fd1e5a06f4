/* --file SRC:DST[:MODE[:UID:GID]]: one file of the host into a tree. */
#ifndef TOOLS_IMAGE_FILE_OPTION_H
#define TOOLS_IMAGE_FILE_OPTION_H

#include "tools/image/filetree.h"

/* 0, or -1 with an error reported. */
int file_option_add(struct tree *t, const char *text);

#endif
