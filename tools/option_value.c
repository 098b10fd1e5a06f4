/*
 * Numbers, sizes and lists of names on the command line.
 */
#include "tools/option_value.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/number.h"
#include "tools/report.h"

bool option_value_has(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; p && *p; p += strcspn(p, ",")) {
		p += *p == ',';
		if (!strncmp(p, name, len) && (!p[len] || p[len] == ','))
			return true;
	}
	return false;
}

int option_value_check(const char *option, const char *list,
		const void *(*find)(const char *name))
{
	char word[64];
	size_t len;

	for (const char *p = list; p; p = p[len] ? p + len + 1 : NULL) {
		len = strcspn(p, ",");
		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		if (!len)
			return report_error("%s %s: a name is missing", option,
					    list);
		if (len >= sizeof(word) || !find(word))
			return report_error("%s %s: no such name", option,
					    word);
	}
	return 0;
}

int option_value_number(const char *option, const char *text, unsigned min,
			unsigned *out)
{
	uint64_t v;

	if (number_whole(text, 1u << 20, &v) || v < min)
		return report_error("--%s %s: not a number%s", option, text,
				    min ? " from 1 on" : "");
	*out = (unsigned)v;
	return 0;
}

int option_value_memory(const char *option, const char *text, unsigned *mib)
{
	uint64_t bytes;

	if (!number_size(text, NULL, &bytes) && bytes) {
		if (!text[strspn(text, "0123456789")])
			bytes = bytes > 1u << 20 ? 0 : bytes << 20;
		if (bytes && bytes <= 1ull << 40 && !(bytes % (1u << 20))) {
			*mib = (unsigned)(bytes >> 20);
			return 0;
		}
	}
	return report_error("--%s %s: not an amount of memory, as 512M or 2G",
			    option, text);
}
