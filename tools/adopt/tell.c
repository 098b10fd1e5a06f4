/*
 * One model; the text is made from it.  Strings of the image pass text_json()
 * and text_put().
 */
#include "tools/adopt/tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/adopt/chosen.h"
#include "tools/text.h"

static void note(json_t *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(json_t *notes, const char *format, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	json_array_append_new(notes, text_json(line));
}

/* ---- entries ---- */

/* What a path that has our hypervisor does with E. */
static const char *does(const struct entry *e, bool pv_auto)
{
	if (chosen_native(e, pv_auto))
		return "starts it by itself";
	return e->pv ? "PV guest" : "fails";
}

static json_t *entry_notes(const struct entry *e, bool pv_auto)
{
	json_t *notes = json_array();
	bool native = chosen_native(e, pv_auto);

	if (e->why[0])
		note(notes, "no PV kernel: %s", e->why);
	if (e->why[0] && e->bzimage && !pv_auto)
		note(notes, "with --pv auto firmware starts it%s%s",
		     e->native[0] ? "; disks that it drives itself: " : "",
		     e->native);
	if (e->initrd_why[0])
		note(notes, "%s", e->initrd_why);
	if (e->xenlinux)
		note(notes, "a kernel of before Linux' own Xen support "
		     "(xenlinux): not tried");
	if (e->pv && e->blkfront == ENTRIES_NO)
		note(notes, "xen-blkfront is neither in the kernel nor in the "
		     "initrd: a PV guest finds no disk");
	if (e->pv && e->rootfs == ENTRIES_NO)
		note(notes, "the root's file system is neither in the kernel "
		     "nor in the initrd");
	if (e->pv && e->netfront == ENTRIES_NO)
		note(notes, "no xen-netfront: a PV guest has no network");
	if (e->pv && !e->console)
		note(notes, "console= names none that a PV guest has: add "
		     "console=hvc0");
	if (native && !e->native[0])
		note(notes, "no driver for a disk of a full machine is known "
		     "to be in the kernel or its initrd");
	return notes;
}

static json_t *entries_model(const struct tell *t)
{
	const struct entries *es = &t->old->entries;
	json_t *list = json_array();

	for (unsigned i = 0; i < es->n; i++) {
		const struct entry *e = &es->entry[i];
		const char *what = does(e, t->pv_auto);

		json_array_append_new(list, json_pack(
			"{so sb sb so so so sb sb sb so s{ss ss ss} so}",
			"title", text_json(e->title), "default",
			i == es->first, "starts", i == es->start,
			"kernel", text_json(e->kernel), "arguments",
			text_json(e->args), "release",
			text_json(e->release), "pv", e->pv, "bits32",
			e->bits32, "xenlinux", e->xenlinux, "native",
			text_json(e->native), "paths", "bios",
			t->plan->bios_why[0] ? "not there" : what, "uefi",
			t->plan->uefi_why[0] ? "not there" : what, "pv",
			e->pv ? "PV guest" : "fails", "notes",
			entry_notes(e, t->pv_auto)));
	}
	return list;
}

/* ---- the whole ---- */

static json_t *notes_model(const struct tell *t)
{
	const struct plan *p = t->plan;
	json_t *notes = json_array();
	char why[400];

	chosen_why(&t->old->entries, why, sizeof(why));
	if (why[0])
		note(notes, "%s", why);
	if (t->old->unclean)
		note(notes, "the root file system was not unmounted: its "
		     "journal is replayed at the first boot");
	if (t->old->entries.left_out)
		note(notes, "%u entries of menu.lst were not looked at",
		     t->old->entries.left_out);
	if (p->bios_why[0])
		note(notes, "no BIOS boot: %s", p->bios_why);
	if (p->uefi_why[0])
		note(notes, "no UEFI boot: %s", p->uefi_why);
	if (p->swap_why[0])
		note(notes, "%s: --swap SIZE adds it", p->swap_why);
	if (p->ephemeral_why[0])
		note(notes, "%s: --ephemeral SIZE adds it",
		     p->ephemeral_why);
	if (t->old->bare && !strcmp(p->guest, p->disk))
		note(notes, "under Xen give the guest partition 1 alone as "
		     "%s: its root is a disk without a table", p->guest);
	return notes;
}

static json_t *old_model(const struct old *o)
{
	static const char *const tables[] = {
		[PART_NONE] = "none", [PART_MBR] = "mbr", [PART_GPT] = "gpt",
	};

	return json_pack("{so ss ss* sI ss si ss so so}", "image",
			 text_json(o->image->path), "format", o->image->format,
			 "packed", o->image->packed, "size",
			 (json_int_t)o->size, "table", tables[o->parts.table],
			 "root_partition", o->root + 1, "root_type", o->fs_type,
			 "root", text_json(o->root_name), "menu",
			 text_json(o->entries.where));
}

static json_t *parts_model(const struct tell *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < t->plan->n; i++) {
		const struct plan_part *p = &t->plan->part[i];

		json_array_append_new(list, json_pack(
			"{si ss sI sI ss}", "number", (int)p->number, "role",
			plan_role_name(p->role), "offset",
			(json_int_t)p->offset, "size", (json_int_t)p->size,
			"guest", p->role == PLAN_ROOT ? t->plan->guest :
			p->guest));
	}
	return list;
}

static json_t *carried_model(const struct carry *c)
{
	json_t *list = json_array();
	char hex[65];

	for (unsigned i = 0; i < c->n; i++) {
		carry_hex(c->part[i].sha256, hex);
		json_array_append_new(list, json_pack(
			"{si sI sI ss}", "partition", c->part[i].number,
			"offset", (json_int_t)c->part[i].offset, "size",
			(json_int_t)c->part[i].size, "sha256", hex));
	}
	return list;
}

json_t *tell_model(const struct tell *t)
{
	const struct plan *p = t->plan;
	json_t *j = json_pack(
		"{so so s{so* sI ss sI so ss ss} so}", "old",
		old_model(t->old), "entries", entries_model(t), "new",
		"image", t->output ? text_json(t->output) : NULL, "size",
		(json_int_t)p->size, "table", p->table == PART_GPT ? "gpt" :
		"mbr", "moved_by", (json_int_t)(p->to - p->from), "added",
		parts_model(t), "guest", p->guest, "settings", p->settings,
		"notes", notes_model(t));

	if (t->carry)
		json_object_set_new(j, "carried", carried_model(t->carry));
	if (t->paths)
		json_object_set(j, "paths", t->paths);
	return j;
}

/* ---- for people ---- */

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static long long number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static void print_notes(const json_t *notes, const char *before)
{
	json_t *one;
	size_t i;

	json_array_foreach(notes, i, one) {
		printf("%s", before);
		text_put(json_string_value(one), stdout);
		putchar('\n');
	}
}

static void print_entries(const json_t *list)
{
	json_t *e;
	size_t i;

	json_array_foreach(list, i, e) {
		const json_t *paths = json_object_get(e, "paths");

		printf("%c %zu  ", json_is_true(json_object_get(e, "starts")) ?
		       '*' : ' ', i);
		text_put(get(e, "title"), stdout);
		printf("\n     ");
		text_put(get(e, "kernel"), stdout);
		putchar(' ');
		text_put(get(e, "arguments"), stdout);
		printf("\n     BIOS: %s, UEFI: %s, Xen: %s\n",
		       get(paths, "bios"), get(paths, "uefi"),
		       get(paths, "pv"));
		print_notes(json_object_get(e, "notes"), "     ");
	}
}

static void print_new(const json_t *j)
{
	const json_t *new = json_object_get(j, "new");
	json_t *one;
	size_t i;

	printf("new    %lld MiB, %s", number(new, "size") >> 20,
	       get(new, "table"));
	if (number(new, "moved_by"))
		printf(", what was there lies %lld sectors further on",
		       number(new, "moved_by") / OLD_SECTOR);
	putchar('\n');
	json_array_foreach(json_object_get(new, "added"), i, one)
		printf("       partition %lld: %s, %lld MiB%s%s\n",
		       number(one, "number"), get(one, "role"),
		       number(one, "size") >> 20,
		       get(one, "guest")[0] ? ", to the guest " : "",
		       get(one, "guest"));
	json_array_foreach(json_object_get(j, "carried"), i, one) {
		printf("sha256 %s  ", get(one, "sha256"));
		if (number(one, "partition"))
			printf("partition %lld\n", number(one, "partition"));
		else
			puts("the file system");
	}
}

static void print_paths(const json_t *paths)
{
	json_t *p;
	size_t i;

	json_array_foreach(paths, i, p) {
		printf("%-6s %s", get(p, "path"), get(p, "status"));
		if (get(p, "why")[0]) {
			printf(": ");
			text_put(get(p, "why"), stdout);
		}
		putchar('\n');
	}
}

void tell_print(const json_t *j)
{
	const json_t *old = json_object_get(j, "old");

	printf("old    ");
	text_put(get(old, "image"), stdout);
	printf(": %lld MiB, table: %s, root: %s", number(old, "size") >> 20,
	       get(old, "table"), get(old, "root_type"));
	if (number(old, "root_partition"))
		printf(" on partition %lld", number(old, "root_partition"));
	printf(", root=");
	text_put(get(old, "root"), stdout);
	printf("\n       ");
	text_put(get(old, "menu"), stdout);
	printf("\n");
	print_entries(json_object_get(j, "entries"));
	print_new(j);
	print_paths(json_object_get(j, "paths"));
	print_notes(json_object_get(j, "notes"), "note   ");
}
