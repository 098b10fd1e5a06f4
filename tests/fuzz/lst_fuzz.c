/*
 * Any bytes as a menu.lst, in both dialects: what comes out must be in order,
 * and lines must come out of the text they are said to be in.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/config/lst.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_entry(const struct lst *l, const struct lst_entry *e,
			bool kept)
{
	bool commands = false;

	must(e->title < e->end && e->end <= l->n_lines);
	must(l->line[e->title].kind == LST_TITLE);
	for (uint32_t i = e->title + 1; i < e->end; i++) {
		must(l->line[i].kind == LST_COMMAND ||
		     l->line[i].kind == LST_UNKNOWN);
		commands |= l->line[i].kind == LST_COMMAND;
	}
	must(commands == kept);
}

static void check_lines(const struct lst *l, size_t len)
{
	for (uint32_t i = 0; i < l->n_lines; i++) {
		const struct lst_line *line = &l->line[i];
		size_t n;

		must(line->text <= len && line->line >= 1);
		n = strlen(lst_text(l, line));
		must(n <= LST_LINE_MAX && line->args <= n);
		must(!i || line->line > line[-1].line);
		must(!strpbrk(lst_text(l, line), "\r\n\t"));
	}
}

static void check(const uint8_t *data, size_t len, enum lst_dialect dialect)
{
	struct arena arena = { .size = 64 * len + 4096 };
	char *text = malloc(len + 1);
	uint32_t next;
	struct lst l;

	arena.base = malloc(arena.size);
	memcpy(text, data, len);
	err_clear();
	must(!lst_parse(&l, text, len, dialect, &arena));
	check_lines(&l, len);
	must(l.n_entries + l.n_dropped == l.n_titles);
	for (uint32_t i = 0; i < l.n_entries; i++)
		check_entry(&l, &l.entry[i], true);
	for (uint32_t i = 0; i < l.n_dropped; i++)
		check_entry(&l, lst_dropped(&l, i), false);
	must(l.n_fallback <= LST_FALLBACKS);
	for (uint32_t i = 0; i < l.n_fallback; i++)
		must((uint32_t)l.fallback[i] < l.n_entries);
	must(lst_default(&l, 0, &next) < l.n_entries || !l.n_entries);
	must(next <= l.n_fallback);
	free(arena.base);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check(data, len, LST_GNU097);
	check(data, len, LST_PVGRUB);
	return 0;
}
