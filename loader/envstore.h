/*
 * Where the environment block is, by the same rule on every boot path: its two
 * units of the boot area; else \EFI\twinboot\env on the EFI system partition;
 * else the file twinboot.env beside menu.lst.  The files have 8,192 bytes or
 * more, both copies one behind the other, and never grow.
 */
#ifndef LOADER_ENVSTORE_H
#define LOADER_ENVSTORE_H

#include "loader/disk/part.h"
#include "loader/env.h"
#include "loader/fs/fs.h"

#define ENVSTORE_ESP_FILE "/EFI/twinboot/env"
#define ENVSTORE_FILE "twinboot.env"

struct envstore {
	struct env env;
	const char *where;	/* for people */
	struct blk *disk;	/* the boot area's, or NULL: it is FILE */
	uint64_t lba[2];
	struct file file;
	struct part_blk esp;	/* what FILE lies on */
	struct fs fs;
};

/* Where to look. */
struct envstore_places {
	struct blk *disk;
	const struct part_list *parts;	/* its table */
	struct file *beside;	/* ENVSTORE_FILE, if there is one */
	struct arena *arena;	/* holds what S mounts */
};

/* Read it into S, which is not moved.  ERR_FILE_NOT_FOUND: there is none. */
int envstore_find(struct envstore *s, const struct envstore_places *at);

/*
 * An empty one, where there is none: in the first of the places that is there
 * and unused, all zeroes.  ERR_NO_SPARE_SECTORS: none of them is; ERR_WRITE.
 */
int envstore_make(struct envstore *s, const struct envstore_places *at);

/* Write s->env over the older copy, and wait for it.  ERR_WRITE, ERR_READ. */
int envstore_save(struct envstore *s);

#endif
