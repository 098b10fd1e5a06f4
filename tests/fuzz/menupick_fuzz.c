/*
 * Any bytes as a menu.lst, one entry picked: the loader reads the result as
 * asked for, and every other line as before, both times.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/config/lst.h"
#include "tools/host/menu/menupick.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct parsed {
	struct lst l;
	struct arena arena;
	char *text;
	uint32_t at;
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void parse(struct parsed *p, const char *text, size_t len)
{
	p->arena = (struct arena){ .size = 64 * len + 4096 };
	p->arena.base = malloc(p->arena.size);
	p->text = malloc(len + 1);
	p->at = 0;
	memcpy(p->text, text, len);
	err_clear();
	must(!lst_parse(&p->l, p->text, len, LST_GNU097, &p->arena));
}

static void drop(struct parsed *p)
{
	free(p->arena.base);
	free(p->text);
}

/* The next line that must stay, or NULL at the end. */
static const char *next(struct parsed *p)
{
	while (p->at < p->l.n_lines) {
		const struct lst_line *line = &p->l.line[p->at++];

		if (line->kind != LST_GLOBAL || (line->cmd != CMD_DEFAULT &&
		    line->cmd != CMD_TIMEOUT && line->cmd != CMD_FALLBACK))
			return lst_text(&p->l, line);
	}
	return NULL;
}

static void check(const char *text, size_t len, uint32_t entry)
{
	struct parsed before, after;
	const char *line, *other;
	size_t out_len;
	char *out = menupick_text(text, len, entry, &out_len);

	must(out);
	parse(&before, text, len);
	parse(&after, out, out_len);
	must(after.l.default_entry == (int32_t)entry);
	must(!after.l.timeout && !after.l.n_fallback);
	must(after.l.n_entries == before.l.n_entries);
	must(after.l.n_dropped == before.l.n_dropped);
	do {
		line = next(&before);
		other = next(&after);
		must(!line == !other && (!line || !strcmp(line, other)));
	} while (line);
	drop(&before);
	drop(&after);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check((const char *)data, len, len % 7);
	return 0;
}
