/*
 * vga= and mem= of a kernel's command line.  Both are left in it: the kernel
 * reads mem= itself and ignores vga=.
 */
#include "loader/kernel/linux_args.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "loader/base/err.h"

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

static int digit(char c, unsigned base)
{
	unsigned d = 99;

	if (c >= '0' && c <= '9')
		d = (unsigned)(c - '0');
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		d = (unsigned)((c | 0x20) - 'a') + 10;
	return d < base ? (int)d : -1;
}

/* A number as the kernel writes them: 0x for hex.  Returns what follows. */
static const char *number(const char *p, uint64_t *v)
{
	unsigned base = 10;
	const char *start;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	*v = 0;
	for (start = p; digit(*p, base) >= 0; p++)
		if (__builtin_mul_overflow(*v, base, v) ||
		    __builtin_add_overflow(*v, digit(*p, base), v))
			return NULL;
	return p == start ? NULL : p;
}

static bool word_is(const char *p, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(p, word, len) && (!p[len] || p[len] == ' ');
}

int linux_args_vga(const char *args, uint16_t *mode)
{
	const char *p = last_value(args, "vga="), *end;
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
		end = number(p, &v);
		if (!end || (*end && *end != ' ') || v > 0xffff)
			return fail(ERR_NUMBER, "vga=%.20s", p);
	}
	*mode = (uint16_t)v;
	return 0;
}

uint64_t linux_args_mem(const char *args)
{
	const char *p = last_value(args, "mem=");
	unsigned shift = 0;
	uint64_t v;

	p = p ? number(p, &v) : NULL;
	if (!p)
		return UINT64_MAX;
	switch (*p | 0x20) {
	case 'g':
		shift += 10;
		/* fall through */
	case 'm':
		shift += 10;
		/* fall through */
	case 'k':
		shift += 10;
		p++;
	}
	if ((*p && *p != ' ') || !v || v > UINT64_MAX >> shift)
		return UINT64_MAX;
	return v << shift;
}
