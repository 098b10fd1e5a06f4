/* --file SRC:DST[:MODE[:UID:GID]]: one file of the host into a tree. */
#ifndef TOOLS_IMAGE_TREE_FILE_OPTION_H
#define TOOLS_IMAGE_TREE_FILE_OPTION_H

#include "tools/image/tree/filetree.h"

#define FILE_OPTION_FIELDS 6

/*
 * Cut TEXT at each ':' that has no '\\' before it; how many fields there are,
 * one more than FILE_OPTION_FIELDS for any more.
 */
unsigned file_option_cut(char *text, char *field[FILE_OPTION_FIELDS]);

/* 0, or -1 with an error reported. */
int file_option_add(struct tree *t, const char *text);

#endif
