/*
 * Escaping for the page.  jansson only lets UTF-8 in, but nothing here relies
 * on it.  Characters that would change how others are read (controls, marks of
 * direction) are replaced by ones that can be seen.
 */
#include "tools/matrix/page/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "menu/utf8.h"

#define REPLACEMENT 0xfffd

const char *html_member(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

/* One character off S, at most LEN bytes; its length in *USED. */
static uint32_t take_char(const char *s, size_t len, size_t *used)
{
	char bytes[5] = "";
	size_t n;

	memcpy(bytes, s, len < 4 ? len : 4);
	n = utf8_length(bytes);
	*used = n ? n : 1;
	return n ? utf8_decode(bytes, n) : REPLACEMENT;
}

static bool in(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/* What is shown for C: Unicode has pictures of the control characters. */
static uint32_t visible(uint32_t c)
{
	if (c == '\n' || c == '\t')
		return c;
	if (c < ' ')
		return 0x2400 + c;
	if (c == 0x7f)
		return 0x2421;
	if (in(c, 0x80, 0x9f) || c == 0x61c || in(c, 0x200b, 0x200f) ||
	    in(c, 0x2028, 0x202e) || in(c, 0x2060, 0x206f) || c == 0xfeff ||
	    in(c, 0xfdd0, 0xfdef) || (c & 0xfffe) == 0xfffe ||
	    in(c, 0xe0000, 0xe0fff))
		return REPLACEMENT;
	return c;
}

static void put_utf8(uint32_t c, FILE *out)
{
	if (c < 0x80) {
		fputc((int)c, out);
		return;
	}
	if (c < 0x800) {
		fputc((int)(0xc0 | c >> 6), out);
	} else {
		if (c < 0x10000) {
			fputc((int)(0xe0 | c >> 12), out);
		} else {
			fputc((int)(0xf0 | c >> 18), out);
			fputc((int)(0x80 | (c >> 12 & 0x3f)), out);
		}
		fputc((int)(0x80 | (c >> 6 & 0x3f)), out);
	}
	fputc((int)(0x80 | (c & 0x3f)), out);
}

static void put_char(uint32_t c, FILE *out)
{
	switch (c) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	case '\'':
		fputs("&#39;", out);
		break;
	default:
		put_utf8(visible(c), out);
	}
}

void html_bytes(const char *s, size_t len, FILE *out)
{
	size_t used;

	for (size_t i = 0; i < len; i += used)
		put_char(take_char(s + i, len - i, &used), out);
}

void html_text(const char *s, FILE *out)
{
	html_bytes(s, strlen(s), out);
}

/*
 * The length of the terminal escape (ECMA-48, section 5.4; xterm's OSC) at S,
 * which begins with ESC; 0 when it is none.  *FINAL is its last byte.
 */
static size_t escape_len(const char *s, size_t len, char *final)
{
	size_t i = 2;

	*final = 0;
	if (len < 2)
		return 0;
	if (s[1] == ']') {
		while (i < len && i < 256 && s[i] >= ' ')
			i++;
		if (i < len && s[i] == '\a')
			return i + 1;
		return i + 1 < len && s[i] == 0x1b && s[i + 1] == '\\' ?
		       i + 2 : 0;
	}
	if (s[1] == '[')
		while (i < len && s[i] >= '0' && s[i] <= '?')
			i++;
	else
		i = 1;
	while (i < len && s[i] >= ' ' && s[i] <= '/')
		i++;
	if (i >= len || s[i] < '0' || s[i] > '~')
		return 0;
	*final = s[1] == '[' ? s[i] : 0;
	return i + 1;
}

char *html_console(const char *s, size_t len)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool fresh = true;	/* at the beginning of a line */
	size_t used;
	char final;

	if (!out)
		abort();
	for (size_t i = 0; i < len; i += used) {
		uint32_t c = take_char(s + i, len - i, &used);
		size_t escape = c == 0x1b ? escape_len(s + i, len - i, &final) :
				0;

		if (escape) {
			used = escape;
			if (!final || !strchr("HJf", final) || fresh)
				continue;
			c = '\n';
		} else if (c == '\r') {
			if (fresh || (i + 1 < len && s[i + 1] == '\n'))
				continue;
			c = '\n';
		}
		fresh = c == '\n';
		put_utf8(visible(c), out);
	}
	fclose(out);
	return text;
}

char *html_visible(const char *s)
{
	char *text;
	size_t size, used, len = strlen(s);
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	for (size_t i = 0; i < len; i += used)
		put_utf8(visible(take_char(s + i, len - i, &used)), out);
	fclose(out);
	return text;
}
