/*
 * Numbers in text.  No locale, no sign, no blanks: what is not a digit ends the
 * number, and whoever asked looks at what that is.
 */
#include "loader/base/number.h"

#include <stddef.h>
#include <string.h>

#include "loader/base/err.h"

static unsigned digit_of(char c)
{
	unsigned d = (unsigned)(unsigned char)c - '0';

	if (d > 9) {
		d = ((unsigned)(unsigned char)c | 0x20) - 'a';
		d = d > 5 ? 99 : d + 10;
	}
	return d;
}

int number_take(const char **s, const char *end, unsigned base, uint64_t max,
		uint64_t *v)
{
	const char *at = *s, *start;
	uint64_t value = 0;
	unsigned d;

	if (!base) {
		base = 10;
		if ((!end || end - at > 1) && at[0] == '0' &&
		    (at[1] | 0x20) == 'x') {
			base = 16;
			at += 2;
		}
	}
	for (start = at; at != end && (d = digit_of(*at)) < base; at++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, d, &value) || value > max)
			return ERR_OVERFLOW;
	if (at == start)
		return ERR_NUMBER;
	*s = at;
	*v = value;
	return 0;
}

int number_whole(const char *text, uint64_t max, uint64_t *v)
{
	int err = number_take(&text, NULL, 10, max, v);

	return err ? err : *text ? ERR_NUMBER : 0;
}

int number_size(const char *text, const char *end, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	uint64_t v;
	const char *unit;
	int err;

	if (!end)
		end = text + strlen(text);
	err = number_take(&text, end, 0, UINT64_MAX, &v);
	if (err)
		return err;
	if (text != end) {
		unit = *text ? strchr(units, *text & ~0x20) : NULL;
		text++;
		if (end - text == 2 && !memcmp(text, "iB", 2))
			text += 2;
		if (!unit || text != end)
			return ERR_NUMBER;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (shift && v >> (64 - shift))
		return ERR_OVERFLOW;
	*bytes = v << shift;
	return 0;
}
