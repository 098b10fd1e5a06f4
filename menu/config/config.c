/*
 * Finding and reading menu.lst.  Nothing here is specific to a boot path: all
 * of them look in the same places and read the same dialect, so that an entry
 * has the same number everywhere.  A disk with a table is looked at as a whole
 * only last: a file system over all of it is what was there before the table.
 */
#include "menu/config/config.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

static const char *const dirs[] = { "/boot/grub", "/grub" };
static const char *const names[] = { "menu.lst", "grub.conf" };

int config_read(struct config *c, struct file *f, struct arena *arena)
{
	char *text;
	int err;

	if (f->size > CONFIG_MAX)
		return fail(ERR_NO_MEMORY, "%s has %lu bytes, %u at most",
			    c->name, f->size, CONFIG_MAX);
	c->file = *f;
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

void config_parse_saved(const char *text, int32_t *saved, int32_t *once)
{
	*saved = 0;
	*once = -1;
	if (!lst_number(&text, saved) && *text++ == ':')
		lst_number(&text, once);
}

void config_read_saved(const struct config *c, struct mounts *m,
		       int32_t *saved, int32_t *once)
{
	char text[CONFIG_SAVED_SIZE + 1] = "";
	struct file f;

	if (config_beside(c, m, "default", &f) ||
	    fs_read(&f, 0, f.size < CONFIG_SAVED_SIZE ? f.size :
		    CONFIG_SAVED_SIZE, text)) {
		err_clear();
		*text = 0;
	}
	config_parse_saved(text, saved, once);
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
	if (c->lst.default_entry == LST_SAVED)
		config_read_saved(c, m, &c->saved, &c->once);
	return 0;
}

struct search {
	struct config *c;
	struct mounts *m, before;	/* before: to go back to */
	size_t mark;
	char why[200];		/* the worst that was met on the way */
	int worst;
	bool mounted;
};

/* menu.lst, then grub.conf in DIR of DEV. */
static int try_dir(struct search *s, struct device dev, const char *dir)
{
	char path[64];
	int err = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct fs *fs;

		err_clear();
		err = device_mount(s->m, dev, &fs);
		if (err)
			return err;
		s->mounted = true;
		device_name(dev, path, sizeof(path));
		fmt(path + strlen(path), sizeof(path) - strlen(path), "%s/%s",
		    dir, names[i]);
		err = config_open(s->c, s->m, dev, path);
		if (err != ERR_FILE_NOT_FOUND)
			return err;
	}
	return err;
}

/* How much an error tells about why there is no menu; 0: nothing. */
static int weight(int err, int32_t part)
{
	if (err == ERR_FILE_NOT_FOUND || err == ERR_NO_PARTITION)
		return 0;
	if (err == ERR_FS_MOUNT)
		return part < 0 ? 1 : 2;
	return 3;
}

static void note(struct search *s, int err, int32_t part)
{
	if (weight(err, part) <= s->worst)
		return;
	s->worst = weight(err, part);
	fmt(s->why, sizeof(s->why), " (%s)", err_text());
}

/* Of a whole disk only the first directory, as in PV-GRUB. */
static int try_device(struct search *s, int32_t part)
{
	struct device dev = { 0, part };
	int err = 0;

	for (unsigned i = 0; i < (part < 0 ? 1 : 2); i++) {
		err = try_dir(s, dev, dirs[i]);
		if (!err)
			return 0;
		note(s, err, part);
	}
	*s->m = s->before;
	arena_release(s->m->p->arena, s->mark);
	return err;
}

static int try_partitions(struct search *s)
{
	const struct part_list *parts = s->before.parts;

	for (unsigned i = 0; parts && i < parts->n; i++)
		if (!try_device(s, (int32_t)parts->part[i].number))
			return 0;
	return ERR_FILE_NOT_FOUND;
}

int config_search(struct config *c, struct mounts *m)
{
	struct search s = { .c = c, .m = m };
	int err = m->p->n_disks ? device_partitions(m, 0) : 0;

	if (err)
		note(&s, err, 0);
	s.before = *m;
	s.mark = arena_mark(m->p->arena);
	if (!try_partitions(&s) || !try_device(&s, -1))
		return 0;
	err_clear();
	return fail(ERR_FILE_NOT_FOUND,
		    "no menu.lst or grub.conf in /boot/grub "
		    "or /grub of hd0 or its partitions%s",
		    s.mounted && s.worst == 1 ? "" : s.why);
}
