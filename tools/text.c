/*
 * What images, guests and file names say.  Everything that is shown of them
 * goes through here; nothing is dropped, so that two names that differ also
 * look different.
 */
#include "tools/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "menu/utf8.h"

/*
 * The N bytes at S, one character: a C0 or C1 control (ISO 6429), or one that
 * changes the direction of what follows (Unicode's Bidi_Control)?
 */
static bool is_control(const uint8_t *s, size_t n)
{
	if (n == 1)
		return s[0] < ' ' || s[0] == 0x7f;
	if (n == 2)
		return (s[0] == 0xc2 && s[1] < 0xa0) ||
		       (s[0] == 0xd8 && s[1] == 0x9c);
	if (n != 3 || s[0] != 0xe2)
		return false;
	return s[1] == 0x80 ? (s[2] >= 0x8e && s[2] <= 0x8f) ||
			      (s[2] >= 0xa8 && s[2] <= 0xae) :
	       s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

/* The length of what stands at S as it is; 0: its first byte as \xNN. */
static size_t fit(const char *s, bool lines)
{
	size_t n = utf8_length(s);

	if (n && is_control((const uint8_t *)s, n) &&
	    !(lines && (*s == '\n' || *s == '\t')))
		return 0;
	return n;
}

static void put(const char *s, bool lines, FILE *out)
{
	while (*s) {
		size_t n = fit(s, lines);

		if (n)
			fwrite(s, 1, n, out);
		else
			fprintf(out, "\\x%02x", (uint8_t)*s);
		s += n ? n : 1;
	}
}

void text_put(const char *s, FILE *out)
{
	put(s, false, out);
}

void text_put_lines(const char *s, FILE *out)
{
	put(s, true, out);
}

char *text_plain(const char *s)
{
	size_t len;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	put(s, false, f);
	if (fclose(f) || !text)
		abort();
	return text;
}

char *text_utf8(const char *s)
{
	char *buf = malloc(4 * strlen(s) + 1), *to = buf;

	if (!buf)
		abort();
	while (*s) {
		size_t n = utf8_length(s);

		if (n)
			memcpy(to, s, n);
		else
			sprintf(to, "\\x%02x", (uint8_t)*s);
		to += n ? n : 4;
		s += n ? n : 1;
	}
	*to = 0;
	return buf;
}

json_t *text_json(const char *s)
{
	char *text = text_utf8(s ? s : "");
	json_t *j = json_string(text);

	free(text);
	return j;
}

void text_put_size(uint64_t bytes, FILE *out)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };
	double size = (double)bytes;
	unsigned u = 0;

	for (; size >= 1024 && u + 1 < sizeof(units) / sizeof(units[0]); u++)
		size /= 1024;
	fprintf(out, "%.*f %s", u && size < 10 ? 1 : 0, size, units[u]);
}
