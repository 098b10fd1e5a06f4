/*
 * Names of files are others': those with blanks or control characters cannot be
 * typed on a line of menu.lst, and are not offered.
 */
#include "menu/screen/complete.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "menu/extra.h"

#define COMMON 256u
#define SHOWN 100u		/* bytes of names: a key does not write much */

struct found {
	const char *prefix;
	size_t len;
	unsigned n;
	char common[COMMON];	/* what all have that were found */
	char last;		/* what ends it, if it is one */
	char shown[SHOWN];
};

static bool can_be_typed(const char *name)
{
	while ((uint8_t)*name > ' ' && *name != 0x7f)
		name++;
	return !*name;
}

/* NAME, behind which comes LAST, may be meant. */
static void offer(struct found *f, const char *name, char last)
{
	size_t at = strlen(f->shown), same = 0;

	if (strncmp(name, f->prefix, f->len) || !can_be_typed(name) ||
	    strlen(name) >= COMMON)
		return;
	if (!f->n++)
		fmt(f->common, COMMON, "%s", name);
	while (f->common[same] && f->common[same] == name[same])
		same++;
	f->common[same] = 0;
	f->last = last;
	if (at + strlen(name) + 6 < SHOWN)
		fmt(f->shown + at, SHOWN - at, " %s", name);
	else if (!at || f->shown[at - 1] != '.')
		fmt(f->shown + at, SHOWN - at, " ...");
}

static void offer_commands(struct found *f)
{
	for (unsigned c = CMD_UNKNOWN + 1; c < CMD_COUNT; c++)
		if (extra_supports((enum lst_cmd)c) &&
		    command_flags((enum lst_cmd)c) & CMD_ENTRY)
			offer(f, command_name((enum lst_cmd)c), ' ');
}

static void offer_devices(struct runner *r, struct found *f)
{
	char name[24];

	for (uint32_t d = 0; d < r->p->n_disks; d++) {
		device_name((struct device){ d, -1 }, name, sizeof(name));
		offer(f, name, '/');
		if (!r->p->disk[d]->count ||
		    device_partitions(&r->mounts, d))
			continue;
		for (unsigned i = 0; i < r->mounts.parts->n; i++) {
			device_name((struct device){ d, (int32_t)
				    r->mounts.parts->part[i].number }, name,
				    sizeof(name));
			offer(f, name, '/');
		}
	}
}

static int offer_entry(void *ctx, const struct fs_dirent *e)
{
	if (strcmp(e->name, ".") && strcmp(e->name, ".."))
		offer(ctx, e->name, e->is_dir ? '/' : ' ');
	return 0;
}

/* WORD is "[(device)]/dir/prefix"; f->prefix is behind its last "/". */
static void offer_files(struct runner *r, struct found *f, const char *word)
{
	char path[LST_LINE_MAX + 1];
	struct device dev;
	struct file dir;
	struct fs *fs;

	if (device_parse(&word, r->root, &dev) || *word != '/')
		return;
	fmt(path, sizeof(path), "%.*s", (int)(f->prefix - word), word);
	if (!device_mount(&r->mounts, dev, &fs) && !fs_open(fs, path, &dir))
		fs_list(&dir, offer_entry, f);
}

static void look(struct runner *r, const char *line, struct found *f)
{
	const char *word = strrchr(line, ' '), *slash;

	if (!word) {
		f->prefix = line;
		f->len = strlen(line);
		offer_commands(f);
		return;
	}
	word++;
	slash = strrchr(word, '/');
	f->prefix = slash ? slash + 1 : word;
	f->len = strlen(f->prefix);
	if (slash)
		offer_files(r, f, word);
	else if (*word == '(')
		offer_devices(r, f);
}

void complete_line(void *ctx, char *buf, size_t size)
{
	struct runner *r = ctx;
	struct mounts before = r->mounts;
	size_t mark = arena_mark(r->p->arena), len = strlen(buf);
	struct found f = { .n = 0 };

	look(r, buf, &f);
	r->mounts = before;
	arena_release(r->p->arena, mark);
	err_clear();
	if (!f.n)
		return;
	if (strlen(f.common) > f.len)
		fmt(buf + len, size - len, "%s", f.common + f.len);
	else if (f.n > 1)
		say(r->p, "\n%s\n", f.shown);
	len = strlen(buf);
	if (f.n == 1 && len + 1 < size && buf[len - 1] != f.last) {
		buf[len] = f.last;
		buf[len + 1] = 0;
	}
}
