/*
 * A parsed menu.lst as JSON, for pipelines and for comparison with other
 * readers.
 */
#include <jansson.h>

#include "tools/host/menu/menu.h"
#include "tools/text.h"

/* [line, text], or [line, name, arguments] of a command. */
static json_t *line_json(const struct lst *l, const struct lst_line *line)
{
	json_t *number = json_integer(line->line);

	if (line->kind == LST_IGNORED || line->kind == LST_UNKNOWN)
		return json_pack("[oo]", number, text_json(lst_text(l, line)));
	return json_pack("[oso]", number, command_name(line->cmd),
			 text_json(lst_args(l, line)));
}

/* The lines of KIND in [from, to). */
static json_t *lines_json(const struct lst *l, uint32_t from, uint32_t to,
			  enum lst_kind kind)
{
	json_t *list = json_array();

	for (uint32_t i = from; i < to; i++)
		if (l->line[i].kind == kind)
			json_array_append_new(list, line_json(l, &l->line[i]));
	return list;
}

static json_t *entry_json(const struct lst *l, const struct lst_entry *e)
{
	return json_pack("{sisoso*soso}", "line", (int)l->line[e->title].line,
			 "title", text_json(lst_title(l, e)), "pv",
			 lst_pv(l, e) ? json_true() : NULL,
			 "commands", lines_json(l, e->title, e->end,
						LST_COMMAND),
			 "unknown", lines_json(l, e->title, e->end,
					       LST_UNKNOWN));
}

static json_t *default_json(const struct lst *l, bool effective)
{
	uint32_t next;

	if (l->default_entry == LST_SAVED)
		return json_string("saved");
	return json_integer(effective ? (json_int_t)lst_default(l, 0, &next) :
			    l->default_entry);
}

int menu_json(const struct lst *l, FILE *out)
{
	json_t *entries = json_array(), *dropped = json_array();
	json_t *fallback = json_array(), *all;
	uint32_t i, header = l->n_lines;
	int err;

	for (i = 0; i < l->n_entries; i++)
		json_array_append_new(entries, entry_json(l, &l->entry[i]));
	for (i = 0; i < l->n_dropped; i++)
		json_array_append_new(dropped,
				      entry_json(l, lst_dropped(l, i)));
	for (i = 0; i < l->n_fallback; i++)
		json_array_append_new(fallback, json_integer(l->fallback[i]));
	all = json_pack("{sosososososososisbsi}",
			"globals", lines_json(l, 0, header, LST_GLOBAL),
			"ignored", lines_json(l, 0, header, LST_IGNORED),
			"entries", entries, "dropped_entries", dropped,
			"fallback", fallback,
			"default", default_json(l, false),
			"effective_default", default_json(l, true),
			"timeout", (int)l->timeout,
			"hiddenmenu", (int)l->hiddenmenu,
			"n_entries", (int)l->n_entries);
	err = all ? json_dumpf(all, out, JSON_INDENT(1)) : -1;
	if (!err)
		fputc('\n', out);
	json_decref(all);
	return err;
}
