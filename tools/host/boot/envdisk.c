/*
 * As the loader goes: from the disk to its menu.lst, and to the block by the
 * loader's own rule.
 */
#include "tools/host/boot/envdisk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"

#define ARENA (16u << 20)

static void quiet(const char *s, size_t len)
{
}

int envdisk_open(struct envdisk *e, int fd, const char *name,
		 enum envdisk_need need)
{
	int err;

	*e = (struct envdisk){ .arena = { malloc(ARENA), ARENA, 0 } };
	if (!e->arena.base)
		abort();
	err_clear();
	err = hostdisk_attach(&e->disk, "hd0", fd, hostdisk_sector(fd));
	if (err)
		return err;
	if (need != ENVDISK_READ)
		hostdisk_writable(&e->disk);
	e->disks[0] = &e->disk.blk;
	e->p = (struct platform){ .name = name, .arena = &e->arena,
				  .n_disks = 1, .disk = e->disks,
				  .write = quiet };
	e->m.p = &e->p;
	/* Without a menu.lst the block is in one of the other places. */
	if (config_search(&e->c, &e->m))
		e->c = (struct config){ .dir = "/boot/grub" };
	err_clear();
	err = tries_find(&e->s, &e->m, &e->c);
	if (err == ERR_FILE_NOT_FOUND && need == ENVDISK_MAKE) {
		err_clear();
		err = tries_make(&e->s, &e->m, &e->c);
	}
	return err;
}

void envdisk_close(struct envdisk *e)
{
	free(e->arena.base);
}

int envdisk_set(struct envdisk *e, const char *text)
{
	const char *value = strchr(text, '=');
	char name[ENV_VALUE];

	if (!value || value - text >= (int)sizeof(name))
		return fail(ERR_ARGUMENT, "\"%.64s\": not NAME=VALUE", text);
	snprintf(name, sizeof(name), "%.*s", (int)(value - text), text);
	return env_set(&e->s.env, name, value[1] ? value + 1 : NULL);
}
