/* Two ways to write bytes with %XX. */
#include "tools/image/tree/name_json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *room_for(const char *before, const char *text)
{
	char *out = malloc(strlen(before) + 3 * strlen(text) + 1);

	if (!out)
		abort();
	strcpy(out, before);
	return out;
}

json_t *name_json(const char *before, const char *name)
{
	char *out = room_for(before, name), *to = out + strlen(before);
	json_t *j = NULL;

	if (!strchr(name, '%')) {
		strcpy(to, name);
		j = json_string(out);
	}
	for (const char *p = name; !j && *p; p++)
		if (*p == '%' || *p < 32 || *p > 126)
			to += sprintf(to, "%%%02X", (unsigned char)*p);
		else
			*to++ = *p;
	if (!j) {
		*to = 0;
		j = json_string(out);
	}
	free(out);
	return j;
}

char *name_escape(const char *text)
{
	char *out = room_for("", text), *to = out;

	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			*to++ = *text;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*text);
	*to = 0;
	return out;
}
