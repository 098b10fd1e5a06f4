/*
 * The settings on an image, where they win over its own twinboot.conf: twice
 * the same text (loader/settings_find.h).
 */
#ifndef TOOLS_IMAGE_DISK_SETTINGS_WRITE_H
#define TOOLS_IMAGE_DISK_SETTINGS_WRITE_H

#include "tools/image/tree/filetree.h"

/* Whether loaders understand all of TEXT, called NAME.  0, or -1 reported. */
int settings_write_check(const char *name, const char *text);

/* The text of FILE, checked; malloc'd, NULL with an error reported. */
char *settings_write_read(const char *file);

/*
 * As the block at the end of the boot area of FD, a raw image with a partition
 * table and sectors of SECTOR bytes.  0; 1: there is no room for it; -1 with an
 * error reported.
 */
int settings_write_block(int fd, uint32_t sector, const char *text);

/* As the file in ESP, the tree of an EFI system partition.  0, -1 reported. */
int settings_write_file(struct tree *esp, const char *text);

#endif
