/*
 * vga= and mem= of a kernel's command line.  Both are left in it: the kernel
 * reads mem= itself and ignores vga=.  mem= counts from 0, `uppermem' from
 * 1 MiB.
 */
#include "loader/kernel/linux/linux_args.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/base/number.h"

/* What follows the last KEY (with its '=') that stands at a word's start. */
static const char *last_value(const char *args, const char *key)
{
	size_t len = strlen(key);
	const char *found = NULL;

	for (const char *p = args; *p; p++)
		if ((p == args || p[-1] == ' ') && !strncmp(p, key, len))
			found = p + len;
	return found;
}

static bool word_is(const char *p, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(p, word, len) && (!p[len] || p[len] == ' ');
}

int linux_args_vga(const char *args, uint16_t *mode)
{
	const char *p = last_value(args, "vga="), *at = p;
	uint64_t v;

	if (!p)
		return 0;
	if (word_is(p, "normal")) {
		v = 0xffff;
	} else if (word_is(p, "ext")) {
		v = 0xfffe;
	} else if (word_is(p, "ask")) {
		v = 0xfffd;
	} else {
		if (number_take(&at, NULL, 0, 0xffff, &v) ||
		    (*at && *at != ' '))
			return fail(ERR_NUMBER, "vga=%.20s", p);
	}
	*mode = (uint16_t)v;
	return 0;
}

uint64_t linux_args_mem(const char *args)
{
	const char *p = last_value(args, "mem=");
	uint64_t v;

	if (!p || number_size(p, p + strcspn(p, " "), &v) || !v)
		return UINT64_MAX;
	return v;
}

int linux_args_limit(struct boot_entry *e, struct arena *arena,
		     struct handover *ho)
{
	size_t size = strlen(e->args) + 20;
	char *args;

	if (!e->upper_kib || e->no_mem_option ||
	    linux_args_mem(e->args) != UINT64_MAX)
		return 0;
	args = arena_alloc(arena, size);
	if (!args)
		return ERR_NO_MEMORY;
	fmt(args, size, "%s%smem=%luK", e->args, *e->args ? " " : "",
	    e->upper_kib + 1024ul);
	e->args = args;
	ho->cmdline = args;
	return 0;
}
