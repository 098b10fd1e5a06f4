/*
 * mbr.bin: sector 0 of a disk with partitions.  Stage 2 is one extent, which
 * the installer writes at BOOT_MBR_LIST.
 */
#include "loader/disk/bootblock.h"
#include "mbr/bios/layout.h"

#define LIST (BLOCK_ADDR + BOOT_MBR_LIST)
#define LIST_ROOM 1

	.macro	BLOCK_HEAD
	.long	BOOT_LIST_MAGIC, 0
	.quad	0
	.long	0
	.endm

	.macro	BLOCK_MORE
	.endm

#include "mbr/bios/block.inc"
