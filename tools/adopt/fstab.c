/* Pure; the text is anybody's. */
#include "tools/adopt/fstab.h"

#include <stdbool.h>
#include <string.h>

/* The next field of *S, which ends at END, into TO.  False: it does not fit. */
static bool field(const char **s, const char *end, char *to, size_t size)
{
	const char *from;

	while (*s < end && (**s == ' ' || **s == '\t'))
		++*s;
	for (from = *s; *s < end && !strchr(" \t\r", **s); ++*s)
		if ((unsigned char)**s < ' ')
			return false;
	if (*s == from || (size_t)(*s - from) >= size)
		return false;
	memcpy(to, from, (size_t)(*s - from));
	to[*s - from] = 0;
	return true;
}

void fstab_parse(struct fstab *f, const char *text, size_t len)
{
	const char *s = text, *end = text + len;

	*f = (struct fstab){ 0 };
	while (s < end && f->n < FSTAB_LINES) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		const char *at = s, *stop = nl ? nl : end;
		struct fstab_line *l = &f->line[f->n];

		s = nl ? nl + 1 : end;
		if (field(&at, stop, l->device, sizeof(l->device)) &&
		    l->device[0] != '#' &&
		    field(&at, stop, l->where, sizeof(l->where)) &&
		    field(&at, stop, l->type, sizeof(l->type)))
			f->n++;
	}
}
