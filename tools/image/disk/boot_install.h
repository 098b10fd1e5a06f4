/*
 * The boot programs that an image carries: finding them beside this program,
 * and writing the BIOS stages where the firmware finds them.
 */
#ifndef TOOLS_IMAGE_DISK_BOOT_INSTALL_H
#define TOOLS_IMAGE_DISK_BOOT_INSTALL_H

#include <sys/types.h>

#include "loader/disk/bootarea.h"
#include "tools/image/recipe/recipe.h"

/*
 * The path of NAME ("mbr.bin") in R's boot_dir, else beside the executable,
 * else where `make install` puts it.  NULL when there is none; else malloc'd.
 */
char *boot_install_find(const struct recipe *r, const char *name);

/*
 * Read that file whole into BUF, where it leaves room; its size, or -1 with an
 * error reported.
 */
ssize_t boot_install_read(const struct recipe *r, const char *name, void *buf,
			  size_t size);

/* The name of the stage 2 file on a partitionless file system. */
#define STAGES_STAGE2_FILE "boot/twinboot/stage2.bin"
/* The same for hv.elf. */
#define STAGES_HV_FILE "boot/twinboot/hv.elf"

/*
 * Make FD, which has its partition table, boot by BIOS; HV: with hv.elf in the
 * boot area.  A partitionless image has STAGES_STAGE2_FILE in its file
 * system already.  0, or -1 with an error reported.
 */
int boot_install_write_bios(const struct recipe *r, bool hv, int fd);

/* The same into AREA, where nothing else is, of a disk with a table. */
int boot_install_write_area(const struct recipe *r, bool hv, int fd,
			    struct bootarea area);

#endif
