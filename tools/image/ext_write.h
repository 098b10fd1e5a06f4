/* The contents of an ext2/3/4 file system. */
#ifndef TOOLS_IMAGE_EXT_WRITE_H
#define TOOLS_IMAGE_EXT_WRITE_H

#include <ext2fs/ext2fs.h>

#include "tools/image/tree.h"

/*
 * Put T into FS, which is open for writing with its bitmaps, has blocks of
 * 4 KiB and lies on zeroes.  0, or -1 with an error reported.
 */
int ext_write(ext2_filsys fs, const struct tree *t);

#endif
