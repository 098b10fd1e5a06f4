/*
 * ext.bin: the first 1,024 bytes of a partitionless ext file system, which
 * leaves them to boot code.  The firmware loads the first 512; the second
 * sector is the list of stage 2's extents.
 */
#include "loader/disk/bootblock.h"
#include "mbr/bios/layout.h"

#define LIST (BLOCK_ADDR + BOOT_EXT_LIST)
#define LIST_ROOM BOOT_EXT_EXTENTS

	.macro	BLOCK_HEAD
second:	.quad	1			/* LBA, sectors */
	.long	1
	.endm

	.macro	BLOCK_MORE
	movw	$second, %si
	movw	$LIST >> 4, %bx
	call	read
	.endm

#include "mbr/bios/block.inc"

	.org	510
	.word	0xaa55
	.org	BOOT_EXT_LIST
	.long	BOOT_LIST_MAGIC, 0
	.org	BOOT_EXT_SIZE
