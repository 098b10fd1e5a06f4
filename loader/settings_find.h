/*
 * The settings' text outside of the file system that has menu.lst: twice the
 * same, so that either of the two is enough.
 */
#ifndef LOADER_SETTINGS_FIND_H
#define LOADER_SETTINGS_FIND_H

#include "loader/base/arena.h"
#include "loader/disk/part.h"
#include "loader/settings.h"

#define SETTINGS_BLOCK_MAGIC "TWINCONF"
#define SETTINGS_BLOCK_VERSION 1
#define SETTINGS_ESP_FILE "/EFI/twinboot/twinboot.conf"

/* Unit BOOTAREA_SETTINGS of the boot area; little-endian. */
struct settings_block {
	char magic[8];		/* SETTINGS_BLOCK_MAGIC */
	uint32_t version;
	uint32_t length;	/* bytes of text */
	uint32_t crc;		/* CRC-32 of these */
	char text[SETTINGS_MAX];	/* the rest is zero */
};

_Static_assert(sizeof(struct settings_block) == 4096,
	       "the settings block fills its unit of the boot area");

/*
 * Into TEXT (SETTINGS_MAX + 1 bytes, ends with 0) what DISK, whose table is
 * PARTS, has: the block in the boot area, else the file on the EFI system
 * partition, so on every boot path.  Returns which, for people; NULL: neither.
 * TELL is called, with a line, for one that is damaged, which is passed over.
 * Quiet: no error is kept; ARENA is as before.
 */
const char *settings_find(struct blk *disk, const struct part_list *parts,
			  struct arena *arena, char *text,
			  void (*tell)(void *ctx, const char *line), void *ctx);

/* TEXT as a block.  False: it is longer than SETTINGS_MAX. */
bool settings_block_make(struct settings_block *b, const char *text);

#endif
