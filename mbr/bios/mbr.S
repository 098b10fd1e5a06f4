/*
 * mbr.bin: sector 0 of a disk with partitions.  The installer writes one extent
 * for each part of stage 2 and one for hv.elf at BOOT_MBR_LIST; the first is
 * loaded here.
 */
#include "loader/disk/bootblock.h"
#include "mbr/bios/layout.h"

#define LIST (BLOCK_ADDR + BOOT_MBR_LIST)
#define LIST_ROOM 1

	.macro	BLOCK_HEAD
	.long	BOOT_LIST_MAGIC, 0
	.fill	3 * BOOT_MBR_EXTENTS, 4, 0
	.endm

	.macro	BLOCK_MORE
	.endm

#include "mbr/bios/block.inc"
