/*
 * Remarks on a menu.lst: lines that do nothing, entries that are not there,
 * commands of other loaders.  Each names the line it is about.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "menu/extra.h"
#include "tools/host/menu/menu.h"
#include "tools/text.h"

struct lint {
	const struct lst *l;
	enum lst_dialect dialect;
	FILE *out;
	unsigned remarks;
};

static void remark(struct lint *t, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void remark(struct lint *t, uint32_t line, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		abort();
	va_end(ap);
	if (!t->remarks++)
		fputs("\nRemarks:\n", t->out);
	if (line)
		fprintf(t->out, "   line %u: ", line);
	else
		fputs("   ", t->out);
	text_put(text, t->out);
	fputc('\n', t->out);
	free(text);
}

/* Commands that are not GRUB 0.97's: whose, and what is written here. */
static const struct foreign {
	const char *names, *whose, *here;
} foreign[] = {
	{ " kernel$ ", "illumos (Solaris)", "kernel, its $ISADIR and "
	  "$ZFS-BOOTFS written out" },
	{ " module$ ", "illumos (Solaris)", "module, its $ISADIR written out" },
	{ " findroot ", "illumos (Solaris)", "root (hdN,M)" },
	{ " bootfs ", "illumos (Solaris)", "-B zfs-bootfs=POOL/NUMBER behind "
	  "the kernel's name" },
	{ " min_mem64 variable ", "illumos (Solaris)", NULL },
	{ " debug errorcheck write if call goto setvbe gfxmenu iftitle clear"
	  " checkrange exit_g4d commandline ", "grub4dos", NULL },
	{ " set echo ", "grub4dos and GRUB 2", "default and timeout without "
	  "`set'; pause for `echo'" },
	{ " uuid ", "Ubuntu's patched GRUB", NULL },
	{ " quiet ", "Debian's patched GRUB", NULL },
	{ " device dump quit ", "the grub shell", NULL },
	{ " linux linux16 linuxefi multiboot multiboot2 ", "GRUB 2", "kernel" },
	{ " initrd16 initrdefi ", "GRUB 2", "initrd" },
	{ " module2 ", "GRUB 2", "module" },
	{ " menuentry ", "GRUB 2", "title, and no braces" },
	{ " submenu ", "GRUB 2", "entries of their own, or configfile" },
	{ " search ", "GRUB 2", "root (hdN,M)" },
	{ " load_env save_env ", "GRUB 2", "default saved and savedefault" },
	{ " drivemap ", "GRUB 2", "map" },
	{ " password_pbkdf2 ", "GRUB 2", "password --encrypted" },
	{ " terminal_output terminal_input ", "GRUB 2", "terminal" },
	{ " insmod loadfont ", "GRUB 2", "nothing" },
};

static const struct foreign *foreign_find(const char *name)
{
	char word[40];

	snprintf(word, sizeof(word), " %.36s ", name);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (strstr(foreign[i].names, word))
			return &foreign[i];
	return NULL;
}

/* A line whose command this dialect does not know. */
static void unknown(struct lint *t, const struct lst_line *line)
{
	const char *text = lst_text(t->l, line), *whose = NULL, *here = NULL;
	const struct foreign *f;
	int len = (int)strcspn(text, " =");
	char name[40];

	snprintf(name, sizeof(name), "%.*s", len < 36 ? len : 36, text);
	if (!strncmp(text, "\xef\xbb\xbf", 3)) {
		remark(t, line->line, "begins with a byte order mark, so the "
		       "line is not what it looks like");
		return;
	}
	f = foreign_find(name);
	if (f) {
		whose = f->whose;
		here = f->here;
	} else if (command_find(name, strlen(name),
				   t->dialect == LST_GNU097 ? LST_PVGRUB :
				   LST_GNU097)) {
		whose = t->dialect == LST_GNU097 ? "PV-GRUB" : "GRUB 0.97";
	}
	if (whose && command_find(name, strlen(name), LST_PATCHES))
		remark(t, line->line, "\"%s\" is a command of %s; it is "
		       "carried out, but makes no entry", name, whose);
	else if (whose)
		remark(t, line->line, "\"%s\" is a command of %s; the line is "
		       "dropped%s%s", name, whose, here ? "; here: " : "",
		       here ? here : "");
	else
		remark(t, line->line, "unknown command \"%s\"; the line is "
		       "dropped", name);
}

/* Arguments that only other loaders understand. */
static void arguments(struct lint *t, const struct lst_line *line)
{
	static const struct {
		enum lst_cmd cmd;
		const char *what, *here;
	} grub4dos[] = {
		{ CMD_FIND, "--set-root", "root (hdN,M)" },
		{ CMD_MAP, "--mem", "kernel /memdisk, initrd IMAGE" },
		{ CMD_MAP, "--hook" }, { CMD_MAP, "(0xff)" },
		{ CMD_MAP, "(hd32)" }, { CMD_ROOT, "(hd32)" },
		{ CMD_ROOT, "(rd)" }, { CMD_KERNEL, "(rd)" },
		{ CMD_CHAINLOADER, "(hd32)" }, { CMD_CHAINLOADER, "(rd)" },
		{ CMD_CHAINLOADER, "(0xff)" }, { CMD_CHAINLOADER, "(hd-1)" },
	};
	const char *args = lst_args(t->l, line);

	for (size_t i = 0; i < sizeof(grub4dos) / sizeof(grub4dos[0]); i++)
		if (line->cmd == grub4dos[i].cmd &&
		    strstr(args, grub4dos[i].what))
			remark(t, line->line, "%s %s is grub4dos's%s%s",
			       command_name(line->cmd), grub4dos[i].what,
			       grub4dos[i].here ? "; here: " : "",
			       grub4dos[i].here ? grub4dos[i].here : "");
}

/* In the header we run what is about the menu. */
static bool has_effect(const struct lst_line *line)
{
	if (line->kind == LST_GLOBAL && command_flags(line->cmd) & CMD_ENTRY &&
	    !extra_supports(line->cmd))
		return false;
	return extra_has_effect(line->cmd);
}

/* GRUB reads the first word; ours take further files. */
static void initrd_words(struct lint *t, const struct lst_line *line)
{
	const char *s = lst_args(t->l, line);

	while (*(s = lst_next_word(s)))
		if (*s != '/' && *s != '(') {
			remark(t, line->line, "words behind the initrd's name "
			       "are passed over");
			return;
		}
}

static void check_line(struct lint *t, const struct lst_line *line)
{
	const char *args = lst_args(t->l, line);
	const char *name = command_name(line->cmd);
	int32_t n;

	if (!line->cmd) {
		unknown(t, line);
		return;
	}
	arguments(t, line);
	if (line->kind == LST_IGNORED)
		remark(t, line->line, "\"%s\" before the first title does "
		       "nothing", name);
	if (line->kind == LST_COMMAND &&
	    !(command_flags(line->cmd) & CMD_ENTRY))
		remark(t, line->line, "\"%s\" inside an entry is Error 27: it "
		       "belongs before the first title", name);
	else if (line->kind == LST_COMMAND && !extra_supports(line->cmd))
		remark(t, line->line, "\"%s\" is not supported by our loaders: "
		       "Error 27", name);
	else if (!has_effect(line))
		remark(t, line->line, "\"%s\" has no effect with our loaders",
		       name);
	if (line->kind == LST_COMMAND && line->cmd == CMD_SAVEDEFAULT)
		remark(t, line->line, "\"%s\" saves nothing where the file "
		       "default does not exist", name);
	if ((line->cmd == CMD_ROOT || line->cmd == CMD_ROOTNOVERIFY) && *args &&
	    *args != '(')
		remark(t, line->line,
		       "a device has brackets: \"%s %s\" is Error "
		       "11",
		       name, args);
	if (line->cmd == CMD_INITRD)
		initrd_words(t, line);
	if (line->cmd == CMD_CHAINLOADER)
		remark(t, line->line, "\"%s\" starts a boot sector over BIOS "
		       "and an EFI application over UEFI; in the PV loader it "
		       "is Error 27", name);
	if (line->kind == LST_GLOBAL &&
	    (line->cmd == CMD_TIMEOUT || line->cmd == CMD_DEFAULT) &&
	    strcmp(args, "saved") && lst_number(&args, &n))
		remark(t, line->line, "\"%s\" has no number; it does nothing",
		       name);
	if (line->cut)
		remark(t, line->line, "only its first %d bytes count",
		       LST_LINE_MAX);
}

static void check_dropped(struct lint *t)
{
	const struct lst *l = t->l;

	for (uint32_t i = 0; i < l->n_dropped; i++)
		remark(t, l->line[lst_dropped(l, i)->title].line,
		       "an entry without a known command does not count; "
		       "later ones move up");
	if (l->n_entries && l->default_entry >= 0 &&
	    (uint32_t)l->default_entry >= l->n_entries)
		remark(t, 0, "there is no entry %d, the default",
		       l->default_entry);
	if (l->hiddenmenu && l->timeout < 0)
		remark(t, 0, "without a timeout the menu is shown, though "
		       "hidden");
}

/* Who is to come back from a kernel that panics has to ask it to. */
static void check_trial(struct lint *t, const struct lst_entry *e)
{
	const struct lst *l = t->l;

	if (!lst_tries(l, e))
		return;
	for (uint32_t i = e->title + 1; i < e->end; i++)
		if (l->line[i].cmd == CMD_KERNEL &&
		    !strstr(lst_args(l, &l->line[i]), " panic="))
			remark(t, l->line[i].line, "an entry on trial without "
			       "panic=: a kernel that panics stays there");
	if (!l->n_fallback)
		remark(t, l->line[e->title].line, "an entry on trial, and no "
		       "fallback: nothing is left to start after it");
}

void menu_lint(const struct lst *l, enum lst_dialect dialect, FILE *out)
{
	struct lint t = { l, dialect, out, 0 };

	for (uint32_t i = 0; i < l->n_lines; i++)
		check_line(&t, &l->line[i]);
	for (uint32_t i = 0; i < l->n_entries; i++)
		check_trial(&t, &l->entry[i]);
	check_dropped(&t);
}
