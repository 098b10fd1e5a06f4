/*
 * An entry is known by its text, wherever in the file it stands: one that was
 * changed is tried anew.
 */
#include "menu/tries.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/disk/crc32.h"
#include "menu/save.h"

#define NAME 16			/* "left-XXXXXXXX" */

static int look(struct envstore *s, struct mounts *m, const struct config *c,
		int (*how)(struct envstore *s,
			   const struct envstore_places *at))
{
	struct envstore_places at = { .arena = m->p->arena };
	struct file f;
	int err;

	if (!m->p->n_disks || !m->p->disk[0]->count)
		return fail(ERR_NO_DISK, "hd0");
	at.disk = m->p->disk[0];
	err = device_partitions(m, 0);
	if (err)
		return err;
	at.parts = m->parts;
	if (!config_beside(c, m, ENVSTORE_FILE, &f))
		at.beside = &f;
	return how(s, &at);
}

int tries_find(struct envstore *s, struct mounts *m, const struct config *c)
{
	return look(s, m, c, envstore_find);
}

int tries_make(struct envstore *s, struct mounts *m, const struct config *c)
{
	return look(s, m, c, envstore_make);
}

static void name_entry(const struct lst *l, const struct lst_entry *e,
		       char name[NAME])
{
	uint32_t sum = 0;

	for (uint32_t i = e->title; i < e->end; i++) {
		const char *text = lst_text(l, &l->line[i]);

		sum = crc32_more(sum, text, strlen(text) + 1);
	}
	fmt(name, NAME, "left-%08x", sum);
}

/* How often the entry NAME may still be started; -1: it is good. */
static int32_t starts_left(const struct envstore *s, const char *name,
			   unsigned tries)
{
	char value[ENV_VALUE];
	const char *p = value;
	int32_t n;

	if (!env_get(&s->env, name, value))
		return (int32_t)tries;
	if (!strcmp(value, "good"))
		return -1;
	return lst_number(&p, &n) ? (int32_t)tries : n;
}

int tries_check(struct runner *r, const struct lst_entry *e)
{
	const struct lst *l = &r->config->lst;
	struct envstore *s = arena_alloc(r->p->arena, sizeof(*s));
	unsigned tries = lst_tries(l, e);
	char name[NAME];

	if (!s)
		return ERR_NO_MEMORY;
	name_entry(l, e, name);
	if (tries_find(s, &r->mounts, r->config)) {
		say(r->p, " (starts are not counted: %s)\n", err_text());
		err_clear();
		r->not_counted = true;
		return 0;
	}
	err_clear();
	if (!starts_left(s, name, tries))
		return fail(ERR_BOOT, "it was started %u times and never said "
			    "to be good", tries);
	return 0;
}

/* The oldest counts make room for new ones. */
static int set(struct env *env, const char *name, const char *value)
{
	char old[NAME];
	int err = env_set(env, name, value);

	while (err == ERR_NO_MEMORY && !strncmp(env->text, "left-", 5)) {
		err_clear();
		fmt(old, sizeof(old), "%.*s", (int)strcspn(env->text, "="),
		    env->text);
		if (env_set(env, old, NULL))
			break;
		err = env_set(env, name, value);
	}
	return err;
}

static int count(struct runner *r, const struct lst_entry *e,
		 struct envstore *s)
{
	const struct lst *l = &r->config->lst;
	char name[NAME], value[16];
	int32_t left;
	int err = tries_find(s, &r->mounts, r->config);

	if (err)
		return err;
	name_entry(l, e, name);
	left = starts_left(s, name, lst_tries(l, e));
	if (left > 0) {
		fmt(value, sizeof(value), "%d", left - 1);
		err = set(&s->env, name, value);
	}
	if (!err)
		err = set(&s->env, "last", name + 5);
	return err ? err : envstore_save(s);
}

void tries_take(struct runner *r, const struct lst_entry *e)
{
	struct envstore *s;

	if (r->not_counted)
		return;
	s = arena_alloc(r->p->arena, sizeof(*s));
	if (!s || count(r, e, s))
		say(r->p, " (this start is not counted: %s)\n", err_text());
	err_clear();
}

/* The block's; -1: it has none. */
static int32_t take_once(struct envstore *s, struct mounts *m,
			 const struct config *c, int *err)
{
	char value[ENV_VALUE];
	const char *p = value;
	int32_t n;

	if (tries_find(s, m, c) || !env_get(&s->env, "once", value) ||
	    lst_number(&p, &n)) {
		err_clear();
		return -1;
	}
	*err = env_set(&s->env, "once", NULL);
	if (!*err)
		*err = envstore_save(s);
	return n;
}

int32_t tries_once(struct mounts *m, const struct config *c)
{
	size_t mark = arena_mark(m->p->arena);
	struct mounts before = *m;
	struct envstore *s = arena_alloc(m->p->arena, sizeof(*s));
	int err = 0;
	int32_t entry = s ? take_once(s, m, c, &err) : -1;

	if (entry < 0 && c->once >= 0) {
		entry = c->once;
		err = save_settle(m, c);
	}
	if (err) {
		say(m->p, "Entry %d is not started for once: %s\n", entry,
		    err_text());
		entry = -1;
	}
	err_clear();
	*m = before;
	arena_release(m->p->arena, mark);
	return entry;
}
