/*
 * What an installer writes so that BIOS firmware finds stage 2; shared by
 * mbr/bios (assembly and C) and tools/.  Sectors are of 512 bytes: no BIOS
 * boots from others.
 *
 *   mbr.bin     at most BOOT_CODE_MAX bytes, goes to the start of sector 0;
 *               the installer leaves bytes 440..509 (disk signature and
 *               partition table) as they are and writes 0x55 0xaa at 510.
 *               Its struct boot_list is at BOOT_MBR_LIST, with room for three
 *               extents: stage2.bin's two parts and hv.elf, all in the boot
 *               area (loader/disk/bootarea.h).
 *   ext.bin     exactly BOOT_EXT_SIZE bytes, goes to the first 1,024 bytes
 *               of a partitionless ext file system (0x55 0xaa is in it, and
 *               bytes 440..509 are zero so that nobody sees partitions).
 *               Its struct boot_list is at BOOT_EXT_LIST, with room for
 *               BOOT_EXT_EXTENTS: the blocks of the file stage2.bin.
 *   stage2.bin  written unchanged, begins with struct stage2_head.  Its first
 *               part, at most STAGE2_MAX bytes, is what the boot block loads
 *               and stays in memory; the second follows it in the file and is
 *               read by the first when it is needed, which most boots never do.
 *               Both are multiples of 512 bytes.
 *
 * In both lists the installer sets n and the extents and leaves the magic
 * number.  The first n extents are the first part's, of at most 127 sectors
 * each; their sectors must add up to its size / 512.  The extents behind them
 * are the second part's, as long as they may be, and then hv.elf's, if it is
 * there: one sector, struct hv_head, and the file, filled up with zeroes to a
 * whole sector.  An extent is never part of both.  So all code is reached from
 * the one sector that has the list: who renews it writes the new code to
 * sectors that no extent has, then that sector.
 *
 * A boot block that fails writes "Twinboot: " and one letter on the screen
 * and COM1, then asks the firmware for the next boot device (INT 18h):
 *   E  the firmware has no EDD (INT 13h extensions) for this disk
 *   L  the list of extents is damaged or was never set
 *   R  a read failed
 *   M  what was read is not a stage 2
 *   S  the first part's checksum is wrong: damaged, truncated, or moved
 */
#ifndef LOADER_DISK_BOOTBLOCK_H
#define LOADER_DISK_BOOTBLOCK_H

#define BOOT_CODE_MAX 440	/* bytes of code in sector 0 */
#define BOOT_LIST_MAGIC 0x4c425754	/* "TWBL" */
#define BOOT_MBR_LIST 4		/* offset in mbr.bin */
#define BOOT_MBR_EXTENTS 3
#define BOOT_EXT_LIST 512	/* offset in ext.bin */
#define BOOT_EXT_SIZE 1024
#define BOOT_EXT_EXTENTS 42

#define STAGE2_MAGIC 0x32535754	/* "TWS2" */
#define STAGE2_MAX 65024	/* 127 sectors: one request of any EDD BIOS */
#define STAGE2_ENTRY 24		/* offset where the code begins */
#define BOOT_HV_MAGIC 0x56485754	/* "TWHV" */
#define BOOT_HV_MAX (2u << 20)	/* bytes */
#define STAGE2_SECOND_MAX 983040 /* 1,920 sectors: what a gap of 2,047 leaves */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct boot_extent {
	uint64_t lba;		/* sector of the disk */
	uint32_t sectors;
} __attribute__((packed));

struct boot_list {
	uint32_t magic;		/* BOOT_LIST_MAGIC */
	uint32_t n;		/* extents; 0 as built: letter L */
	struct boot_extent extent[];
} __attribute__((packed));

_Static_assert(sizeof(struct boot_list) + BOOT_EXT_EXTENTS *
	       sizeof(struct boot_extent) == BOOT_EXT_SIZE - BOOT_EXT_LIST,
	       "the list of ext.bin fills its second sector");

struct stage2_head {
	uint32_t magic;		/* STAGE2_MAGIC */
	uint32_t size;		/* bytes of the first part */
	uint32_t sum;		/* makes its 32-bit words add up to 0 */
	uint32_t second;	/* bytes of the second part */
	uint64_t second_hash;	/* its xxh64_hash() */
} __attribute__((packed));

_Static_assert(sizeof(struct stage2_head) == STAGE2_ENTRY,
	       "stage 2's code follows its head");

struct hv_head {
	uint32_t magic;		/* BOOT_HV_MAGIC */
	uint32_t size;		/* bytes of hv.elf */
	uint64_t hash;		/* of all its sectors: xxh64_hash() */
} __attribute__((packed));
#endif

#endif
