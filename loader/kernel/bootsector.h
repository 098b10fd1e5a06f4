/* What bootsector.c and BIOS stage 2's first part say of a boot sector. */
#ifndef LOADER_KERNEL_BOOTSECTOR_H
#define LOADER_KERNEL_BOOTSECTOR_H

#define BOOTSECTOR_SIZE 512u

#endif
