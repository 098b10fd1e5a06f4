/*
 * What an entry comes to on each path, in a sentence.  Only menu.lst is known
 * here: what kind of kernel a file is, the path finds out.
 */
#include <string.h>

#include "tools/host/menu/menu.h"
#include "tools/text.h"

/* What the lines of an entry leave behind. */
struct sum {
	const char *kernel, *root, *ends;
	unsigned files;		/* initrds and modules */
	bool chain, locked, asks;
};

static void add_line(struct sum *s, const struct lst *l,
		     const struct lst_line *line)
{
	const char *args = lst_args(l, line);

	switch (line->cmd) {
	case CMD_KERNEL:
		while (!strncmp(args, "--", 2))
			args = lst_next_word(args);
		*s = (struct sum){ .kernel = args, .root = s->root,
				   .locked = s->locked, .asks = s->asks };
		break;
	case CMD_CHAINLOADER:
		if (!strncmp(args, "--force", 7))
			args = lst_next_word(args);
		s->kernel = args;
		s->chain = true;
		break;
	case CMD_INITRD:
	case CMD_MODULE:
	case CMD_MODULENOUNZIP:
		s->files++;
		break;
	case CMD_ROOT:
	case CMD_ROOTNOVERIFY:
		s->root = *args ? args : s->root;
		break;
	case CMD_LOCK:
		s->locked |= l->password != NULL;
		break;
	case CMD_PASSWORD:
		s->asks = true;
		break;
	case CMD_CONFIGFILE:
	case CMD_HALT:
	case CMD_REBOOT:
		s->ends = s->ends ? s->ends : lst_text(l, line);
		break;
	default:
		break;
	}
}

static void put_word(const char *s, FILE *out)
{
	char word[LST_LINE_MAX + 1];

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(s, " "), s);
	text_put(word, out);
}

static void put_start(const struct sum *s, FILE *out)
{
	const char *args = lst_next_word(s->kernel);
	bool named = *s->kernel == '(' || !s->root;

	fputs(s->chain ? "chainloads " : "starts ", out);
	put_word(s->kernel, out);
	if (!named) {
		fputs(" of ", out);
		put_word(s->root, out);
	}
	if (s->chain)
		return;
	fputs(*args ? ", with arguments" : ", without arguments", out);
	if (s->files)
		fprintf(out, " and %u file%s more", s->files,
			s->files > 1 ? "s" : "");
}

static void put_chain(const struct sum *s, FILE *out)
{
	const char *path = s->kernel;

	path += *path == '(' ? strcspn(path, ")") + 1 : 0;
	fprintf(out, "     BIOS: as a boot sector or a Multiboot file\n"
		"     UEFI: %s\n     PV: Error 27\n", *path == '/' ?
		"as an EFI application" : "Error 13, a block list is none");
}

void menu_words(const struct lst *l, const struct lst_entry *e, FILE *out)
{
	bool pv = lst_pv(l, e);
	struct sum s = { 0 };

	for (uint32_t i = e->title + 1; i < e->end && !s.ends; i++)
		if (l->line[i].kind == LST_COMMAND)
			add_line(&s, l, &l->line[i]);
	fputs("   = ", out);
	if (s.asks || s.locked)
		fputs(s.asks ? "asks for a password, then " :
		      "with the header's password only, ", out);
	if (s.ends) {
		text_put(s.ends, out);
		fputc('\n', out);
		return;
	}
	if (!s.kernel) {
		fputs("starts nothing\n", out);
		return;
	}
	put_start(&s, out);
	fputc('\n', out);
	if (s.chain) {
		put_chain(&s, out);
		return;
	}
	fprintf(out, "     BIOS: %s\n     UEFI: %s\n     PV: in the loader's "
		"place\n", pv ? "as a guest of hv.elf" : "as Linux or "
		"Multiboot; a kernel for PV only as a guest of hv.elf",
		pv ? "as a guest of hv.efi" : "by its EFI stub, as Linux or "
		"Multiboot 2; a kernel for PV only as a guest of hv.efi");
}
