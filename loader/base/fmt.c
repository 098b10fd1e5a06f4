#include "loader/base/fmt.h"

#include <stdbool.h>
#include <stdint.h>

struct out {
	char *p;
	size_t n, size;
};

static void put(struct out *o, char c)
{
	if (o->n + 1 < o->size)
		o->p[o->n++] = c;
}

static void put_padded(struct out *o, const char *s, size_t len, size_t width,
		       char pad, bool left)
{
	size_t i;

	for (i = len; !left && i < width; i++)
		put(o, pad);
	for (i = 0; i < len; i++)
		put(o, s[i]);
	for (i = len; left && i < width; i++)
		put(o, ' ');
}

static void put_number(struct out *o, uint64_t v, unsigned base, bool negative,
		       size_t width, char pad, bool left)
{
	char digits[24];
	size_t n = sizeof(digits);

	do
		digits[--n] = "0123456789abcdef"[v % base];
	while ((v /= base));
	if (negative && pad == '0') {
		put(o, '-');
		width -= width > 0;
	} else if (negative) {
		digits[--n] = '-';
	}
	put_padded(o, digits + n, sizeof(digits) - n, width, pad, left);
}

static size_t text_length(const char *s, int precision)
{
	size_t n = 0;

	while ((precision < 0 || n < (size_t)precision) && s[n])
		n++;
	return n;
}

static uint64_t next_int(va_list *ap, int longs, bool is_signed)
{
	if (longs)
		return va_arg(*ap, uint64_t);
	return is_signed ? (uint64_t)va_arg(*ap, int) : va_arg(*ap, unsigned);
}

/* One conversion, F just past the '%'; returns what follows it. */
static const char *convert(struct out *o, const char *f, va_list *ap)
{
	int longs = 0, precision = -1;
	bool left = false;
	char pad = ' ', c;
	size_t width = 0;
	uint64_t v;
	const char *s;

	for (; *f == '0' || *f == '-'; f++) {
		left |= *f == '-';
		pad = *f == '0' ? '0' : pad;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + (size_t)(*f - '0');
	if (*f == '*') {
		width = (size_t)va_arg(*ap, int);
		f++;
	}
	if (*f == '.') {
		if (*++f == '*') {
			precision = va_arg(*ap, int);
			f++;
		} else {
			for (precision = 0; *f >= '0' && *f <= '9'; f++)
				precision = precision * 10 + (*f - '0');
		}
	}
	for (; *f == 'l' || *f == 'z'; f++)
		longs++;
	switch (*f) {
	case 'd':
		v = next_int(ap, longs, true);
		put_number(o, (int64_t)v < 0 ? -v : v, 10, (int64_t)v < 0,
			   width, pad, left);
		break;
	case 'u':
		put_number(o, next_int(ap, longs, false), 10, false, width,
			   pad, left);
		break;
	case 'p':
		longs = 1;
		/* fall through */
	case 'x':
		put_number(o, next_int(ap, longs, false), 16, false, width,
			   pad, left);
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(o, &c, 1, width, ' ', left);
		break;
	case 's':
		s = va_arg(*ap, const char *);
		put_padded(o, s, text_length(s, precision), width, ' ', left);
		break;
	case 0:
		return f;
	default:
		put(o, *f);
	}
	return f + 1;
}

size_t vfmt(char *buf, size_t size, const char *format, va_list args)
{
	struct out o = { buf, 0, size };
	va_list ap;

	va_copy(ap, args);
	while (*format) {
		if (*format == '%')
			format = convert(&o, format + 1, &ap);
		else
			put(&o, *format++);
	}
	va_end(ap);
	if (size)
		buf[o.n] = 0;
	return o.n;
}

size_t fmt(char *buf, size_t size, const char *format, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, format);
	n = vfmt(buf, size, format, ap);
	va_end(ap);
	return n;
}
