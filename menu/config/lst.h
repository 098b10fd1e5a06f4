/*
 * menu.lst: bytes -> header settings and entries, byte for byte as GRUB 0.97
 * and PV-GRUB read it.  Pure: no device, no console.
 */
#ifndef MENU_CONFIG_LST_H
#define MENU_CONFIG_LST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/base/arena.h"
#include "menu/config/commands.h"

#define LST_LINE_MAX 1500	/* bytes kept of a logical line */
#define LST_FALLBACKS 8
/*
 * Marks: the lines that follow a title at once and begin so; to other readers
 * they are comments.  Those known are "pv=always" and "tries=N".
 */
#define LST_MARK "#twinboot "
#define LST_TRIES_MAX 9u
#define LST_SAVED (-1)		/* default_entry: see the file "default" */

enum lst_kind {
	LST_GLOBAL,	/* header: a command that runs there */
	LST_IGNORED,	/* header: any other line */
	LST_TITLE,
	LST_COMMAND,	/* entry: a known command */
	LST_UNKNOWN,	/* entry: any other line; dropped */
};

/* A logical line: comments and empty lines are gone, '\' NL is joined. */
struct lst_line {
	uint32_t text;		/* offset in lst.text, NUL-terminated */
	uint32_t line;		/* physical line on which it begins, from 1 */
	uint16_t args : 15; /* offset in its text: past name and separator */
	uint16_t cut : 1;	/* it was longer than LST_LINE_MAX */
	uint8_t kind : 3;	/* enum lst_kind */
	uint8_t pv : 1;		/* a title marked with "pv=always" */
	uint8_t tries : 4;	/* and N of "tries=N", 0: not marked so */
	uint8_t cmd;		/* enum lst_cmd */
};

/* line[title] is the title, line[title + 1] up to line[end - 1] the rest. */
struct lst_entry {
	uint32_t title, end;
};

struct lst {
	char *text;
	struct lst_line *line;
	struct lst_entry *entry;
	uint32_t n_lines, n_titles, n_entries, n_dropped;
	int32_t default_entry;	/* or LST_SAVED; may be >= n_entries */
	int32_t fallback[LST_FALLBACKS];
	uint32_t n_fallback;	/* numbers >= n_entries are removed */
	int32_t timeout;	/* seconds; -1: none */
	bool hiddenmenu;
	const char *color;	/* the header's line after that word, or NULL */
	const char *password;	/* the header's line after that word, or NULL */
};

/*
 * Parse the LEN bytes at TEXT, which has room for one byte more; it is
 * rewritten in place and must live as long as L.  ERR_NO_MEMORY.
 */
int lst_parse(struct lst *l, char *text, size_t len, enum lst_dialect dialect,
	      struct arena *arena);

/*
 * The entry that starts by itself: the default (SAVED if that is "saved"), or
 * if there is no such entry the first fallback, else 0.  *NEXT is the index of
 * the fallback that is tried after it.
 */
uint32_t lst_default(const struct lst *l, int32_t saved, uint32_t *next);

/*
 * A number at *P as 0.97 reads it: digits or 0x and hex digits, at most
 * 2^31-1.  *P is left after it.  ERR_NUMBER, ERR_OVERFLOW.
 */
int lst_number(const char **p, int32_t *out);

/* Past the word at S and the blanks after it. */
const char *lst_next_word(const char *s);

/* Entry E that was dropped: a title with no known command after it. */
static inline const struct lst_entry *lst_dropped(const struct lst *l,
						  uint32_t e)
{
	return &l->entry[l->n_titles - 1 - e];
}

static inline const char *lst_text(const struct lst *l,
				   const struct lst_line *line)
{
	return l->text + line->text;
}

static inline const char *lst_args(const struct lst *l,
				   const struct lst_line *line)
{
	return l->text + line->text + line->args;
}

/* How often E may be started before it is good; 0: always. */
static inline unsigned lst_tries(const struct lst *l,
				 const struct lst_entry *e)
{
	return l->line[e->title].tries;
}

/* What LINE runs in an entry; CMD_UNKNOWN: nothing, it is dropped. */
enum lst_cmd lst_runs(const struct lst *l, const struct lst_line *line);

/* Is E marked with "pv=always"? */
static inline bool lst_pv(const struct lst *l, const struct lst_entry *e)
{
	return l->line[e->title].pv;
}

static inline const char *lst_title(const struct lst *l,
				    const struct lst_entry *e)
{
	return lst_args(l, &l->line[e->title]);
}

#endif
