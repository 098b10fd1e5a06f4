/*
 * The menu is read once more, with the entries behind it as text of its kind:
 * so all that can be done with an entry can be done with these.  The newest
 * comes first, by the files' names.  Files that make no entry are left out.
 */
#include "menu/config/bls_find.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "menu/config/bls.h"

#define NAME 128		/* bytes of a file's name, with its NUL */
#define TEXT (4 * BLS_FOUND * BLS_TEXT_MAX)

struct found {
	const char *suffix;
	unsigned n;
	char name[BLS_FOUND][NAME];	/* the newest first */
};

struct text {
	char *p;
	size_t used;
};

static int keep(void *ctx, const struct fs_dirent *e)
{
	struct found *f = ctx;
	size_t len = strlen(e->name), suffix = strlen(f->suffix);
	unsigned i;

	if (e->is_dir || len <= suffix || len >= NAME ||
	    strcmp(e->name + len - suffix, f->suffix))
		return 0;
	for (i = 0; i < f->n && bls_compare(f->name[i], e->name) > 0; i++)
		;
	if (i == BLS_FOUND)
		return 0;
	if (f->n < BLS_FOUND)
		f->n++;
	memmove(f->name[i + 1], f->name[i], (f->n - 1 - i) * NAME);
	fmt(f->name[i], NAME, "%s", e->name);
	return 0;
}

static void list(struct mounts *m, struct device dev, const char *dir,
		 const char *suffix, struct found *f)
{
	struct file at;
	struct fs *fs;

	f->suffix = suffix;
	f->n = 0;
	if (!device_mount(m, dev, &fs) && !fs_open(fs, dir, &at))
		fs_list(&at, keep, f);
	err_clear();
}

/* The entry of the file NAME; 0: it cannot be read. */
static size_t read_entry(struct mounts *m, struct device dev, const char *root,
			 const char *name, char *out)
{
	char path[NAME + 20], text[BLS_FILE_MAX + 1];
	struct file f;

	fmt(path, sizeof(path), "/loader/entries/%s", name);
	if (device_open(m, dev, path, &f) || f.size > BLS_FILE_MAX ||
	    fs_read(&f, 0, f.size, text)) {
		err_clear();
		return 0;
	}
	text[f.size] = 0;
	return bls_entry(text, name, root, out);
}

static void add_device(struct mounts *m, struct device dev, struct found *f,
		       struct text *t)
{
	char root[24];

	device_name(dev, root, sizeof(root));
	list(m, dev, "/loader/entries", ".conf", f);
	for (unsigned i = 0; i < f->n; i++)
		t->used += read_entry(m, dev, root, f->name[i],
				      t->p + t->used);
	list(m, dev, "/EFI/Linux", ".efi", f);
	for (unsigned i = 0; i < f->n; i++)
		t->used += bls_image(f->name[i], root, t->p + t->used);
}

/* The ESP's number on DISK, or -1. */
static int32_t find_esp(struct mounts *m, uint32_t disk)
{
	const struct part *esp;

	if (!m->p->n_disks || device_partitions(m, disk)) {
		err_clear();
		return -1;
	}
	esp = part_esp(m->parts);
	return esp ? (int32_t)esp->number : -1;
}

static int read_again(struct config *c, const struct text *t,
		      struct arena *arena)
{
	size_t len = c->file.size + 2 + t->used;
	char *all = arena_alloc(arena, len + 1);
	struct lst l;
	int err = all ? fs_read(&c->file, 0, c->file.size, all) :
		  ERR_NO_MEMORY;

	if (err)
		return err;
	/* Twice: its last line may be one that goes on. */
	memcpy(all + c->file.size, "\n\n", 2);
	memcpy(all + c->file.size + 2, t->p, t->used);
	if (!(err = lst_parse(&l, all, len, LST_GNU097, arena)))
		c->lst = l;
	return err;
}

int bls_find(struct config *c, struct mounts *m)
{
	struct found *f = arena_alloc(m->p->arena, sizeof(*f));
	struct text t = { .p = arena_alloc(m->p->arena, TEXT) };
	struct device esp = { c->root.disk, find_esp(m, c->root.disk) };

	if (!f || !t.p)
		return ERR_NO_MEMORY;
	add_device(m, device_real(m, c->root), f, &t);
	if (esp.part >= 0 && esp.part != device_real(m, c->root).part)
		add_device(m, esp, f, &t);
	return t.used ? read_again(c, &t, m->p->arena) : 0;
}
