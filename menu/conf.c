/*
 * The one way to the settings, for every boot path and for the host.
 */
#include "menu/conf.h"

#include "loader/base/err.h"
#include "loader/settings_find.h"
#include "menu/screen/choose.h"

#define BESIDE "twinboot.conf"

struct telling {
	const struct platform *p;
	const char *from;
};

static void tell(void *ctx, const char *line)
{
	const struct platform *p = ctx;

	say(p, " (%s)\n", line);
}

static void tell_line(void *ctx, const char *line)
{
	const struct telling *t = ctx;

	say(t->p, " (%s: ", t->from);
	choose_print_title(t->p, line);
	say(t->p, ": not understood)\n");
}

static const char *read_beside(const struct config *c, struct mounts *m,
			       char *text)
{
	struct file f;

	if (config_beside(c, m, BESIDE, &f))
		return NULL;
	if (f.size > SETTINGS_MAX) {
		say(m->p, " (" BESIDE " has %lu bytes, %u at most: it has no "
		    "effect)\n", f.size, SETTINGS_MAX);
		return NULL;
	}
	if (fs_read(&f, 0, f.size, text)) {
		err_clear();
		return NULL;
	}
	text[f.size] = 0;
	return BESIDE;
}

static const char *read_outside(struct mounts *m, char *text)
{
	const char *from = NULL;

	if (m->p->n_disks && m->p->disk[0]->count &&
	    !device_partitions(m, 0))
		from = settings_find(m->p->disk[0], m->parts, m->p->arena, text,
				     tell, (void *)m->p);
	err_clear();
	return from;
}

void conf_read(struct config *c, struct mounts *m)
{
	char text[SETTINGS_MAX + 1];
	struct telling t = { m->p, read_outside(m, text) };

	if (!t.from)
		t.from = read_beside(c, m, text);
	c->settings = (struct settings){ 0 };
	if (t.from && m->p->measure_settings)
		m->p->measure_settings(t.from, text);
	if (t.from)
		settings_parse(&c->settings, text, tell_line, &t);
	c->settings_from = t.from;
	m->hd0 = c->settings.hd0;
}
