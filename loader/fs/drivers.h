/* One line for each file system driver; fs.c has the table. */
#ifndef LOADER_FS_DRIVERS_H
#define LOADER_FS_DRIVERS_H

#include "loader/fs/fs.h"

extern const struct fs_driver ext_driver;
extern const struct fs_driver fat_driver;

#endif
