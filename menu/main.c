/*
 * Default, timeout and fallback: which entry is run, and what then if it
 * fails.  Everything of one configuration is released before the next is read,
 * everything of one entry before the next is run.
 */
#include "menu/main.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "menu/conf.h"
#include "menu/extra.h"

struct session {
	struct platform *p;
	struct file *text;	/* the menu itself, or */
	const char *name;	/* its name relative to root, or NULL: search */
	struct device root;
	struct config config;
	struct mounts mounts;	/* what reading the configuration mounted */
	struct runner run;
	bool by_hand;		/* somebody has chosen the entry */
	bool trusted;		/* the configuration's password was typed */
	char next[LST_LINE_MAX + 1];	/* name, when `configfile` gave it */
};

static int find_config(struct session *s)
{
	s->mounts = (struct mounts){ .p = s->p, .hd0 = s->mounts.hd0 };
	s->config = (struct config){ .root = s->root, .once = -1,
				     .dir = "/boot/grub" };
	fmt(s->config.name, sizeof(s->config.name), "the menu in memory");
	if (s->text)
		return config_read(&s->config, s->text, s->p->arena);
	if (s->name)
		return config_open(&s->config, &s->mounts, s->root, s->name);
	return config_search(&s->config, &s->mounts);
}

static int read_config(struct session *s)
{
	const struct menu_extra *extra;
	int err = find_config(s);

	if (err)
		return err;
	conf_read(&s->config, &s->mounts);
	if (!s->config.settings.bls)
		return 0;
	extra = s->p->extra(s->p);
	if (!extra || extra->entries(&s->config, &s->mounts))
		say(s->p, " (without loader/entries: %s)\n", err_text());
	err_clear();
	return 0;
}

/* Start entry E as it stands. */
static int start(struct session *s, uint32_t e)
{
	const struct lst_entry *entry = &s->config.lst.entry[e];
	int err;

	say(s->p, "  Booting '");
	choose_print_title(s->p, lst_title(&s->config.lst, entry));
	say(s->p, "'\n\n");
	err = run_entry(&s->run, entry);
	if (err)
		say(s->p, "\n%s\n\n", err_text());
	return err;
}

/* The menu hides what is on the screen. */
static void go_back(const struct session *s)
{
	say(s->p, "Press any key to go back to the menu.\n");
	run_wait_key(s->p);
}

static int do_choice(struct session *s, const struct menu_choice *c)
{
	const struct menu_extra *extra;
	struct runner *r = &s->run;
	int err = 0;

	if (c->action == MENU_START)
		return start(s, c->entry);
	extra = s->p->extra(s->p);	/* it has shown the menu */
	if (c->action == MENU_COMMANDS)
		extra->commands(r);
	else if (c->action == MENU_EDIT)
		extra->edit(r, &s->config.lst.entry[c->entry]);
	else
		err = extra->unlock(r);
	if (err) {
		say(s->p, "%s\n", err_text());
		go_back(s);
	} else if (c->action == MENU_PASSWORD &&
		   !r->configfile) {
		s->trusted = true;
	}
	return 0;
}

/* Do what was chosen and undo it.  True: on with another configuration. */
static bool attempt(struct session *s, const struct menu_choice *c, int *err)
{
	size_t mark = arena_mark(s->p->arena);
	struct runner *r = &s->run;

	err_clear();
	*r = (struct runner){ .p = s->p, .config = &s->config,
			   .mounts = s->mounts, .trusted = s->trusted,
			   .number = c->entry, .by_hand = s->by_hand };
	*err = do_choice(s, c);
	if (!*err && r->configfile) {
		fmt(s->next, sizeof(s->next), "%s", r->configfile);
		s->name = s->next;
		s->text = NULL;
		s->root = r->root;
	}
	arena_release(s->p->arena, mark);
	return !*err && r->configfile;
}

/*
 * The entry that is started by itself.  What is for one start is used up before
 * anything can go wrong; what cannot be used up has never counted.
 */
static uint32_t default_entry(struct session *s, uint32_t *fallback)
{
	const struct menu_extra *extra = NULL;
	struct config *c = &s->config;
	int32_t once;

	if (c->lst.default_entry != LST_SAVED)
		return lst_default(&c->lst, 0, fallback);
	extra = s->p->extra(s->p);
	once = extra ? extra->once(&s->mounts, c) : -1;
	err_clear();
	return lst_default(&c->lst, once < 0 ? c->saved : once, fallback);
}

/* Entries, until one asks for another configuration or the machine's end. */
static void run_menu(struct session *s)
{
	const struct lst *l = &s->config.lst;
	uint32_t fallback, first = default_entry(s, &fallback);
	struct menu_choice c = { .entry = first };
	struct menu_ask ask = { .l = l, .timer.left = l->timeout,
				.hidden = l->hiddenmenu };
	int err;

	for (;;) {
		ask.start = c.entry;
		ask.locked = l->password && !s->trusted;
		choose_entry(s->p, &ask, &c);
		s->by_hand = c.pressed || ask.timer.left < 0;
		if (c.pressed)
			fallback = l->n_fallback;
		for (;;) {
			if (attempt(s, &c, &err) || s->run.ended)
				return;
			if (!err || fallback >= l->n_fallback)
				break;
			c.entry = (uint32_t)l->fallback[fallback++];
		}
		if (err)
			go_back(s);
		ask.timer.left = -1;
		ask.hidden = false;
	}
}

/* There is no menu: say why, and let the user decide.  False: the end. */
static bool no_menu(struct session *s)
{
	int key;

	say(s->p, "\n%s\nPress r to try again, b to reboot.\n", err_text());
	do
		key = run_wait_key(s->p);
	while (key != 'r' && key != 'b');
	if (key == 'b')
		s->p->reboot();
	return key == 'r';
}

static int run_session(struct platform *p, struct file *text, const char *name)
{
	struct session *s = arena_alloc(p->arena, sizeof(*s));
	size_t mark = arena_mark(p->arena);
	int err = ERR_FILE_NOT_FOUND;

	if (!s)
		return ERR_NO_MEMORY;
	s->p = p;
	do {
		if (err) {
			s->text = text;
			s->name = name;
			s->root = (struct device){ 0, p->boot_part };
		}
		arena_release(p->arena, mark);
		err_clear();
		s->trusted = false;
		err = read_config(s);
		if (!err && !s->config.lst.n_entries)
			err = fail(ERR_FILE_NOT_FOUND,
				   "%s has no entry to start", s->config.name);
		if (!err)
			run_menu(s);
	} while (err ? no_menu(s) : !s->run.ended);
	return 0;
}

int menu_main(struct platform *p, const char *config)
{
	return run_session(p, NULL, config);
}

int menu_main_file(struct platform *p, struct file *text)
{
	return run_session(p, text, NULL);
}
