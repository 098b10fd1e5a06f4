/*
 * Finding and reading menu.lst.  Nothing here is specific to a boot path: all
 * of them look in the same places and read the same dialect, so that an entry
 * has the same number everywhere.
 */
#include "menu/config.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

static const struct {
	int8_t part;
	const char *dir;
} places[] = {
	{ -1, "/boot/grub" },
	{ 0, "/boot/grub" }, { 0, "/grub" },
	{ 1, "/boot/grub" }, { 1, "/grub" },
	{ 2, "/boot/grub" }, { 2, "/grub" },
	{ 3, "/boot/grub" }, { 3, "/grub" },
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static const char *const names[] = { "menu.lst", "grub.conf" };

int config_read(struct config *c, struct file *f, struct arena *arena)
{
	char *text;
	int err;

	if (f->size > CONFIG_MAX)
		return fail(ERR_NO_MEMORY, "%s has %lu bytes, %u at most",
			    c->name, f->size, CONFIG_MAX);
	text = arena_alloc(arena, f->size + 1);
	if (!text)
		return ERR_NO_MEMORY;
	err = fs_read(f, 0, f->size, text);
	return err ? err : lst_parse(&c->lst, text, f->size, LST_GNU097,
				     arena);
}

int config_beside(const struct config *c, struct mounts *m, const char *file,
		  struct file *out)
{
	char path[LST_LINE_MAX + 32];
	int err;

	fmt(path, sizeof(path), "%s/%s", c->dir, file);
	err = device_open(m, c->root, path, out);
	err_clear();
	return err;
}

/* "3", or "2:3" where the second is for the next boot only. */
static int32_t read_saved(const struct config *c, struct mounts *m)
{
	char text[11] = "";
	const char *s = text;
	int32_t n = 0;
	struct file f;

	if (c->lst.default_entry != LST_SAVED ||
	    config_beside(c, m, "default", &f))
		return 0;
	if (fs_read(&f, 0, f.size < 10 ? f.size : 10, text)) {
		err_clear();
		return 0;
	}
	if (strchr(text, ':'))
		s = strchr(text, ':') + 1;
	lst_number(&s, &n);
	return n;
}

int config_open(struct config *c, struct mounts *m, struct device root,
		const char *name)
{
	const char *path = name, *slash;
	struct file f;
	int err;

	fmt(c->name, sizeof(c->name), "%s", name);
	err = device_parse(&path, root, &c->root);
	if (!err)
		err = device_open(m, c->root, path, &f);
	if (!err)
		err = config_read(c, &f, m->p->arena);
	if (err)
		return err;
	slash = strrchr(path, '/');
	fmt(c->dir, sizeof(c->dir), "%.*s", (int)(slash - path), path);
	c->saved = read_saved(c, m);
	return 0;
}

static int try_place(struct config *c, struct mounts *m, unsigned place)
{
	struct device dev = { 0, places[place].part };
	char path[64];
	int err = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct fs *fs;

		err_clear();
		err = device_mount(m, dev, &fs);
		if (err)
			return err;
		device_name(dev, path, sizeof(path));
		fmt(path + strlen(path), sizeof(path) - strlen(path), "%s/%s",
		    places[place].dir, names[i]);
		err = config_open(c, m, dev, path);
		if (err != ERR_FILE_NOT_FOUND)
			return err;
	}
	return err;
}

/* How much an error tells about why there is no menu; 0: nothing. */
static int weight(int err, unsigned place)
{
	if (err == ERR_FILE_NOT_FOUND || err == ERR_NO_PARTITION)
		return 0;
	if (err == ERR_FS_MOUNT)
		return places[place].part < 0 ? 1 : 2;
	return 3;
}

int config_search(struct config *c, struct mounts *m)
{
	size_t mark = arena_mark(m->p->arena);
	struct mounts before = *m;
	char why[200] = "";
	int weightiest = 0, err;
	bool mounted = false;

	for (unsigned i = 0; i < PLACES; i++) {
		err = try_place(c, m, i);
		if (!err)
			return 0;
		mounted |= err == ERR_FILE_NOT_FOUND;
		if (weight(err, i) > weightiest) {
			weightiest = weight(err, i);
			fmt(why, sizeof(why), " (%s)", err_text());
		}
		if (i + 1 < PLACES && places[i].part == places[i + 1].part)
			continue;
		*m = before;
		arena_release(m->p->arena, mark);
		if (!i && m->p->n_disks && !device_partitions(m, 0)) {
			before = *m;
			mark = arena_mark(m->p->arena);
		}
	}
	err_clear();
	return fail(ERR_FILE_NOT_FOUND, "no menu.lst or grub.conf in /boot/grub "
		    "or /grub of hd0 or its partitions 0 to 3%s",
		    mounted && weightiest == 1 ? "" : why);
}
