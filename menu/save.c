/*
 * Saving never ends an entry: a kernel starts whether or not its number could
 * be kept.  Only an argument that is none is an error, as in GRUB.
 */
#include "menu/save.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

struct wish {
	int32_t entry;
	bool once;
};

static int write_numbers(struct mounts *m, const struct config *c,
			 int32_t saved, int32_t once)
{
	char text[CONFIG_SAVED_SIZE + 16];
	struct file f;

	if (once < 0)
		fmt(text, sizeof(text), "%d", saved);
	else
		fmt(text, sizeof(text), "%d:%d", saved, once);
	if (strlen(text) > CONFIG_SAVED_SIZE)
		return fail(ERR_ARGUMENT, "%s has too many digits", text);
	memset(text + strlen(text), '\n', CONFIG_SAVED_SIZE - strlen(text));
	if (config_beside(c, m, "default", &f))
		return fail(ERR_FILE_NOT_FOUND, "%s/default", c->dir);
	if (f.size < CONFIG_SAVED_SIZE)
		return fail(ERR_FILE_LENGTH, "%s/default has %lu bytes, at "
			    "least %u are needed", c->dir, f.size,
			    CONFIG_SAVED_SIZE);
	return fs_write(&f, 0, CONFIG_SAVED_SIZE, text);
}

int save_settle(struct mounts *m, const struct config *c)
{
	return write_numbers(m, c, c->saved, -1);
}

/* The fallback behind the entry that runs; the first, if it is none. */
static int next_fallback(const struct runner *r, int32_t *entry)
{
	const struct lst *l = &r->config->lst;
	uint32_t i = 0, next = 0;

	for (; i < l->n_fallback; i++)
		if ((uint32_t)l->fallback[i] == r->number)
			next = i + 1;
	if (next >= l->n_fallback)
		return fail(ERR_ARGUMENT, "savedefault: no fallback is left");
	*entry = l->fallback[next];
	return 0;
}

static int parse(const struct runner *r, const char *s, struct wish *w)
{
	int err = 0;

	for (; *s && !err; s = lst_next_word(s)) {
		size_t len = strcspn(s, " ");
		const char *number = s;

		if (len == 6 && !strncmp(s, "--once", 6)) {
			w->once = true;
		} else if (len == 8 && !strncmp(s, "fallback", 8)) {
			err = next_fallback(r, &w->entry);
		} else {
			if (!strncmp(s, "--default=", 10))
				number += 10;
			err = lst_number(&number, &w->entry);
			if (err)
				err = fail(err, "savedefault %s", s);
		}
	}
	return err;
}

int save_default(struct runner *r, const char *args)
{
	struct wish w = { .entry = (int32_t)r->number };
	int32_t saved, once;
	int err = parse(r, args, &w);

	if (err)
		return err;
	if (w.once) {
		config_read_saved(r->config, &r->mounts, &saved, &once);
		err = write_numbers(&r->mounts, r->config, saved, w.entry);
	} else {
		err = write_numbers(&r->mounts, r->config, w.entry, -1);
	}
	if (err)
		say(r->p, " (nothing is saved: %s)\n", err_text());
	err_clear();
	return 0;
}
