/*
 * Changing the header of a menu.lst.  The loader's own reader says which lines
 * are its `default`, `timeout` and `fallback`, and on which line of the file
 * each begins; here only their bytes are found and exchanged.
 */
#include "tools/host/menu/menupick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/config/lst.h"

struct pick {
	const char *text, *end;
	const char *at;		/* where line LINE begins */
	uint32_t line;
	FILE *out;
};

/* Past the newline that ends what begins at P; one after a '\' joins. */
static const char *logical_end(const struct pick *k, const char *p)
{
	const char *from = p;

	for (;;) {
		const char *nl = memchr(from, '\n', (size_t)(k->end - from));
		const char *last = nl;

		if (!nl)
			return k->end;
		while (last > p && last[-1] == '\r')
			last--;
		if (last == p || last[-1] != '\\')
			return nl + 1;
		from = nl + 1;
	}
}

/* All bytes up to line LINE as they are. */
static void copy_to(struct pick *k, uint32_t line)
{
	const char *from = k->at;

	while (k->line < line) {
		const char *nl = memchr(k->at, '\n', (size_t)(k->end - k->at));

		k->at = nl ? nl + 1 : k->end;
		k->line++;
	}
	fwrite(from, 1, (size_t)(k->at - from), k->out);
}

/* "\n", "\r\n", or "" at the end of a file, as the text before END has it. */
static const char *ending(const struct pick *k, const char *end)
{
	if (end == k->text || end[-1] != '\n')
		return "";
	return end - k->text > 1 && end[-2] == '\r' ? "\r\n" : "\n";
}

/* WORD VALUE in place of the logical line at hand; WORD NULL: nothing. */
static void replace(struct pick *k, const char *word, uint32_t value)
{
	const char *end = logical_end(k, k->at);

	if (word)
		fprintf(k->out, "%s %u%s", word, value, ending(k, end));
	for (const char *p = k->at; p < end; p++)
		k->line += *p == '\n';
	k->at = end;
}

static void exchange(struct pick *k, const struct lst *l, uint32_t entry)
{
	for (uint32_t i = 0; i < l->n_lines; i++) {
		const struct lst_line *line = &l->line[i];

		if (line->kind != LST_GLOBAL)
			continue;
		copy_to(k, line->line);
		if (line->cmd == CMD_DEFAULT)
			replace(k, "default", entry);
		else if (line->cmd == CMD_TIMEOUT)
			replace(k, "timeout", 0);
		else if (line->cmd == CMD_FALLBACK)
			replace(k, NULL, 0);
	}
	fwrite(k->at, 1, (size_t)(k->end - k->at), k->out);
}

static bool has(const struct lst *l, enum lst_cmd cmd)
{
	for (uint32_t i = 0; i < l->n_lines; i++)
		if (l->line[i].kind == LST_GLOBAL && l->line[i].cmd == cmd)
			return true;
	return false;
}

/* What the header lacks goes before everything else. */
static void write_text(struct pick *k, const struct lst *l, uint32_t entry)
{
	const char *nl = memchr(k->text, '\n', (size_t)(k->end - k->text));
	const char *eol = nl ? ending(k, nl + 1) : "\n";

	if (!has(l, CMD_DEFAULT))
		fprintf(k->out, "default %u%s", entry, eol);
	if (!has(l, CMD_TIMEOUT))
		fprintf(k->out, "timeout 0%s", eol);
	exchange(k, l, entry);
}

char *menupick_text(const char *text, size_t len, uint32_t entry,
		    size_t *out_len)
{
	struct arena arena = { .size = 64 * len + 4096 };
	struct pick k = { .text = text, .end = text + len, .at = text,
			  .line = 1 };
	char *copy = malloc(len + 1), *out = NULL;
	struct lst l;

	arena.base = malloc(arena.size);
	if (copy && arena.base) {
		memcpy(copy, text, len);
		if (!lst_parse(&l, copy, len, LST_GNU097, &arena) &&
		    (k.out = open_memstream(&out, out_len))) {
			write_text(&k, &l, entry);
			fclose(k.out);
		}
	}
	err_clear();
	free(arena.base);
	free(copy);
	return out;
}
