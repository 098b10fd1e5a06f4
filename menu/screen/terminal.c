/*
 * GRUB 0.97's meaning, with one difference: until `terminal' says otherwise,
 * all consoles are in use.  So several names without a time-out need no key
 * that tells where somebody sits, which nobody may.
 */
#include "menu/screen/terminal.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/number.h"
#include "menu/screen/pager.h"

/* Past "--NAME=" if WORD begins so, else NULL. */
static const char *value(const char *word, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(word, "--", 2) && !strncmp(word + 2, name, len) &&
		       word[2 + len] == '=' ? word + 3 + len : NULL;
}

static bool is(const char *word, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(word, name, len) && (!word[len] || word[len] == ' ');
}

static int refuse(const char *command, const char *word)
{
	return fail(ERR_ARGUMENT, "%s %.*s", command, (int)strcspn(word, " "),
		    word);
}

static int one_console(struct runner *r)
{
	say(r->p, " (no effect: the %s path has one console)\n", r->p->name);
	return 0;
}

/* "--NAME=NUMBER" of `serial'.  False: WORD is another option. */
static bool take(const char *word, const char *name, uint64_t max,
		 uint32_t *out, int *err)
{
	const char *at = value(word, name);
	uint64_t v = 0;

	if (!at)
		return false;
	*err = number_take(&at, NULL, 0, max, &v);
	if (*err || (*at && *at != ' '))
		*err = refuse("serial", word);
	*out = (uint32_t)v;
	return true;
}

static bool take_parity(const char *word, uint32_t *out, int *err)
{
	static const char *const names[] = { "no", "odd", "even" };
	const char *at = value(word, "parity");

	if (!at)
		return false;
	for (*out = 0; *out < 3 && !is(at, names[*out]); ++*out)
		;
	if (*out == 3)
		*err = refuse("serial", word);
	return true;
}

int terminal_serial(struct runner *r, const char *args)
{
	struct serial_line s = { .speed = 9600, .word = 8, .stop = 1 };
	int err = 0;

	for (; *args && !err; args = lst_next_word(args))
		if (!take(args, "unit", 3, &s.unit, &err) &&
		    !take(args, "port", 0xfff8, &s.port, &err) &&
		    !take(args, "speed", 115200, &s.speed, &err) &&
		    !take(args, "word", 8, &s.word, &err) &&
		    !take(args, "stop", 2, &s.stop, &err) &&
		    !take_parity(args, &s.parity, &err) &&
		    !value(args, "device"))	/* the grub shell's */
			err = refuse("serial", args);
	if (!err && (s.word < 5 || !s.stop || !s.speed || 115200 % s.speed))
		err = fail(ERR_ARGUMENT, "serial: speed %u, word %u, stop %u",
			   s.speed, s.word, s.stop);
	if (err)
		return err;
	return r->p->set_serial ? r->p->set_serial(&s) : one_console(r);
}

/* Where a key comes from within SECONDS, or FIRST. */
static unsigned wait_key(struct platform *p, unsigned consoles, unsigned first,
			 int32_t seconds)
{
	uint64_t end = p->clock_ms() + (uint64_t)seconds * 1000;

	do {
		for (unsigned c = 1; c <= consoles; c <<= 1)
			if (c & consoles && !p->use_consoles(c) &&
			    p->key() != KEY_NONE)
				return c;
		err_clear();
		p->idle();
	} while (p->clock_ms() < end);
	return first;
}

struct wish {
	unsigned consoles, first, flags;
	int32_t seconds;	/* -1: no time-out */
	int32_t lines;		/* 0: not said */
	bool silent;
};

static int read_word(struct wish *w, const char *word)
{
	static const struct {
		const char *name;
		unsigned console, flag;
	} words[] = {
		{ "console", CONSOLE_SCREEN, 0 },
		{ "serial", CONSOLE_SERIAL, 0 },
		{ "--dumb", 0, CONSOLE_DUMB },
		{ "--no-echo", 0, CONSOLE_NO_ECHO },
		{ "--no-edit", 0, CONSOLE_NO_EDIT },
	};
	const char *at = value(word, "timeout");

	if (at)
		return lst_number(&at, &w->seconds) ?
		       refuse("terminal", word) : 0;
	at = value(word, "lines");
	if (at)
		return lst_number(&at, &w->lines) ?
		       refuse("terminal", word) : 0;
	w->silent |= is(word, "--silent");
	if (is(word, "--silent"))
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!is(word, words[i].name))
			continue;
		w->flags |= words[i].flag;
		w->consoles |= words[i].console;
		w->first = w->first ? w->first : words[i].console;
		return 0;
	}
	return refuse("terminal", word);
}

int terminal_choose(struct runner *r, const char *args)
{
	struct wish w = { .seconds = -1 };
	struct platform *p = r->p;
	int err = 0;

	if (!*args)
		say(p, " console%s\n", p->use_consoles ? " serial" : "");
	for (; *args && !err; args = lst_next_word(args))
		err = read_word(&w, args);
	if (!err && w.lines)
		p->lines = w.lines;
	if (err || !(w.consoles | w.flags))
		return err;
	p->console_flags = w.flags;
	if (!w.consoles || !p->use_consoles)
		return w.consoles ? one_console(r) : 0;
	err = p->use_consoles(w.consoles);
	if (err || w.consoles == w.first || w.seconds < 0)
		return err;
	if (!w.silent)
		say(p, "Press any key to continue.\n");
	/* The first may be one that is not there. */
	if (p->use_consoles(wait_key(p, w.consoles, w.first, w.seconds))) {
		err_clear();
		err = p->use_consoles(w.consoles);
	}
	return err;
}

/* A key's character, then GRUB's name for it. */
static const char names[] =
	"\033" "escape\0" "!exclam\0" "@at\0" "#numbersign\0" "$dollar\0"
	"%percent\0" "^caret\0" "&ampersand\0" "*asterisk\0" "(parenleft\0"
	")parenright\0" "-minus\0" "_underscore\0" "=equal\0" "+plus\0"
	"\bbackspace\0" "\ttab\0" "[bracketleft\0" "{braceleft\0"
	"]bracketright\0" "}braceright\0" "\nenter\0" ";semicolon\0" ":colon\0"
	"'quote\0" "\"doublequote\0" "`backquote\0" "~tilde\0"
	"\\backslash\0" "|bar\0" ",comma\0" "<less\0" ".period\0" ">greater\0"
	"/slash\0" "?question\0" " space\0" "\177delete\0";

/* Letters and digits are their own names. */
static int key_named(const char *word)
{
	size_t len = strcspn(word, " ");

	if (len == 1 && ((*word >= '0' && *word <= '9') ||
			 ((*word | 32) >= 'a' && (*word | 32) <= 'z')))
		return *word;
	for (const char *n = names; *n; n += strlen(n) + 1)
		if (len && is(word, n + 1))
			return *n;
	return 0;
}

int terminal_setkey(struct runner *r, const char *args)
{
	static uint8_t map[128];
	int to = key_named(args), from = key_named(lst_next_word(args));

	if (*args && (!to || !from))
		return refuse("setkey", to ? lst_next_word(args) : args);
	if (!r->p->keymap || !*args)
		for (unsigned i = 0; i < sizeof(map); i++)
			map[i] = (uint8_t)i;
	r->p->keymap = map;
	if (from)
		map[from] = (uint8_t)to;
	return 0;
}

static int run(struct runner *r, enum lst_cmd cmd, const char *args)
{
	switch (cmd) {
	case CMD_PAGER:
		return pager_command(r, args);
	case CMD_SERIAL:
		return terminal_serial(r, args);
	case CMD_SETKEY:
		return terminal_setkey(r, args);
	case CMD_TERMINAL:
		return terminal_choose(r, args);
	default:
		return 0;
	}
}

void terminal_header(struct platform *p, const struct lst *l)
{
	struct runner r = { .p = p };

	for (uint32_t i = 0; i < l->n_lines; i++) {
		const struct lst_line *line = &l->line[i];

		if (line->kind != LST_GLOBAL ||
		    !run(&r, line->cmd, lst_args(l, line)))
			continue;
		say(p, " (line %u: %s)\n", line->line, err_text());
		err_clear();
	}
}
