/*
 * A place counts when one of its copies is whole, so none that somebody else
 * uses is ever written to.
 */
#include "loader/envstore.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/bootarea.h"

#define UNIT sizeof(struct env_block)

typedef bool place(struct envstore *s, const struct envstore_places *at);

_Static_assert(sizeof(struct env_block) == BOOTAREA_UNIT, "one is a unit");

static bool in_area(struct envstore *s, const struct envstore_places *at)
{
	struct bootarea area;

	s->disk = at->disk;
	s->where = "the boot area";
	return bootarea_find(at->disk, at->parts, &area) &&
	       bootarea_unit(at->disk, &area, BOOTAREA_ENV_A, &s->lba[0]) &&
	       bootarea_unit(at->disk, &area, BOOTAREA_ENV_B, &s->lba[1]);
}

static bool on_esp(struct envstore *s, const struct envstore_places *at)
{
	const struct part *p = part_esp(at->parts);

	s->disk = NULL;
	s->where = ENVSTORE_ESP_FILE " on the ESP";
	return p && !part_open(at->disk, at->parts, p->number, &s->esp) &&
	       !blk_cache_attach(&s->esp.blk, at->arena) &&
	       !fs_mount(&s->fs, &s->esp.blk, at->arena) &&
	       !fs_open(&s->fs, ENVSTORE_ESP_FILE, &s->file) &&
	       !s->file.is_dir && s->file.size >= 2 * UNIT;
}

static bool beside_menu(struct envstore *s, const struct envstore_places *at)
{
	if (!at->beside || at->beside->size < 2 * UNIT)
		return false;
	s->disk = NULL;
	s->where = ENVSTORE_FILE " beside menu.lst";
	s->file = *at->beside;
	return true;
}

static place *const places[] = { in_area, on_esp, beside_menu };

static int read_copies(struct envstore *s, struct env_block copies[2])
{
	int err = 0;

	if (!s->disk)
		return fs_read(&s->file, 0, 2 * UNIT, copies);
	for (unsigned i = 0; i < 2 && !err; i++)
		err = blk_read(s->disk, s->lba[i], UNIT / s->disk->sector,
			       &copies[i]);
	return err;
}

int envstore_find(struct envstore *s, const struct envstore_places *at)
{
	struct env_block *copies = arena_alloc(at->arena, 2 * UNIT);

	if (!copies)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (places[i](s, at) && !read_copies(s, copies) &&
		    env_choose(&s->env, copies))
			return 0;
		err_clear();
	}
	return fail(ERR_FILE_NOT_FOUND, "there is no environment block");
}

int envstore_save(struct envstore *s)
{
	struct env_block block;
	int err;

	env_make(&s->env, &block);
	if (!s->disk)
		return fs_write(&s->file, s->env.newest * UNIT, UNIT, &block);
	err = blk_write(s->disk, s->lba[s->env.newest],
			UNIT / s->disk->sector, &block);
	return err ? err : blk_flush(s->disk);
}

static bool is_unused(const struct env_block copies[2])
{
	const uint8_t *p = (const uint8_t *)copies;

	for (size_t i = 0; i < 2 * UNIT; i++)
		if (p[i])
			return false;
	return true;
}

int envstore_make(struct envstore *s, const struct envstore_places *at)
{
	struct env_block *copies = arena_alloc(at->arena, 2 * UNIT);

	if (!copies)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (places[i](s, at) && !read_copies(s, copies) &&
		    is_unused(copies)) {
			memset(&s->env, 0, sizeof(s->env));
			return envstore_save(s);
		}
		err_clear();
	}
	return fail(ERR_NO_SPARE_SECTORS, "no place for an environment block: "
		    "no boot area, and no file " ENVSTORE_ESP_FILE " or "
		    ENVSTORE_FILE " of %zu zero bytes", 2 * UNIT);
}
