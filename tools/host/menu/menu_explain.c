/*
 * A parsed menu.lst for people: what would be started, what each entry does,
 * and remarks on what is not what it looks like.
 */

#include "tools/host/menu/menu.h"
#include "tools/text.h"

static void print_start(const struct lst *l, FILE *out)
{
	uint32_t next, e = lst_default(l, 0, &next);

	if (!l->n_entries) {
		fprintf(out, "No entry: nothing can be started.\n");
		return;
	}
	if (l->default_entry == LST_SAVED)
		fprintf(out, "The entry in the file \"default\" is started");
	else
		fprintf(out, "Entry %u is started", e);
	if (l->timeout > 0)
		fprintf(out, " after %d s", l->timeout);
	else
		fprintf(out, l->timeout ? " when the user says so" :
			" at once");
	fprintf(out, l->hiddenmenu && l->timeout >= 0 ?
		"; the menu is hidden.\n" : ".\n");
	for (; next < l->n_fallback; next++)
		fprintf(out, "If that fails, entry %d.\n", l->fallback[next]);
}

static void print_entry(const struct lst *l, uint32_t n, FILE *out)
{
	const struct lst_entry *e = &l->entry[n];

	fprintf(out, "\n%u: %s", n, lst_pv(l, e) ? "[PV] " : "");
	text_put(lst_title(l, e), out);
	fputc('\n', out);
	if (lst_tries(l, e))
		fprintf(out, "   (on trial: started by itself %u times, "
			"until it is said to be good)\n", lst_tries(l, e));
	for (uint32_t i = e->title + 1; i < e->end; i++) {
		if (l->line[i].kind != LST_COMMAND)
			continue;
		fprintf(out, "   %-12s ", command_name(l->line[i].cmd));
		text_put(lst_args(l, &l->line[i]), out);
		fputc('\n', out);
	}
	menu_words(l, e, out);
}

void menu_explain(const struct lst *l, enum lst_dialect dialect, FILE *out)
{
	print_start(l, out);
	for (uint32_t i = 0; i < l->n_entries; i++)
		print_entry(l, i, out);
	menu_lint(l, dialect, out);
}
