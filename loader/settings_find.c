/*
 * Where the settings are looked for.  Every boot pays for it: one request where
 * there is a block; without one, what finding a file on a FAT takes.
 */
#include "loader/settings_find.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/bootarea.h"
#include "loader/disk/crc32.h"
#include "loader/fs/fs.h"

struct search {
	struct blk *disk;
	const struct part_list *parts;
	struct arena *arena;
	char *text;
	void (*tell)(void *ctx, const char *line);
	void *ctx;
};

static bool is_whole(const struct settings_block *b)
{
	return b->version == SETTINGS_BLOCK_VERSION &&
	       b->length <= SETTINGS_MAX &&
	       crc32_more(0, b->text, b->length) == b->crc;
}

static bool read_block(const struct search *s)
{
	struct settings_block b;
	struct bootarea area;
	uint64_t lba;

	if (!bootarea_find(s->disk, s->parts, &area) ||
	    !bootarea_unit(s->disk, &area, BOOTAREA_SETTINGS, &lba) ||
	    blk_read(s->disk, lba, BOOTAREA_UNIT / s->disk->sector, &b) ||
	    memcmp(b.magic, SETTINGS_BLOCK_MAGIC, sizeof(b.magic)))
		return false;
	if (!is_whole(&b)) {
		s->tell(s->ctx, "settings block: damaged, passed over");
		return false;
	}
	memcpy(s->text, b.text, b.length);
	s->text[b.length] = 0;
	return true;
}

static bool read_file(const struct search *s, struct blk *esp)
{
	struct file f;
	struct fs fs;

	if (blk_cache_attach(esp, s->arena) || fs_mount(&fs, esp, s->arena) ||
	    fs_open(&fs, SETTINGS_ESP_FILE, &f) || f.is_dir)
		return false;
	if (f.size > SETTINGS_MAX || fs_read(&f, 0, f.size, s->text)) {
		s->tell(s->ctx, SETTINGS_ESP_FILE ": too long, or damaged: "
			"passed over");
		return false;
	}
	s->text[f.size] = 0;
	return true;
}

static bool read_esp(const struct search *s)
{
	const struct part *p = part_esp(s->parts);
	struct part_blk blk;

	return p && !part_open(s->disk, s->parts, p->number, &blk) &&
	       read_file(s, &blk.blk);
}

const char *settings_find(struct blk *disk, const struct part_list *parts,
			  struct arena *arena, char *text,
			  void (*tell)(void *ctx, const char *line), void *ctx)
{
	struct search s = { disk, parts, arena, text, tell, ctx };
	size_t mark = arena_mark(arena);
	const char *from = NULL;

	if (read_block(&s))
		from = "settings block";
	else if (read_esp(&s))
		from = SETTINGS_ESP_FILE;
	arena_release(arena, mark);
	err_clear();
	return from;
}

bool settings_block_make(struct settings_block *b, const char *text)
{
	size_t len = strlen(text);

	memset(b, 0, sizeof(*b));
	if (len > sizeof(b->text))
		return false;
	memcpy(b->magic, SETTINGS_BLOCK_MAGIC, sizeof(b->magic));
	b->version = SETTINGS_BLOCK_VERSION;
	b->length = (uint32_t)len;
	b->crc = crc32_more(0, text, len);
	memcpy(b->text, text, len);
	return true;
}
