/*
 * Scan code set 1 (IBM PS/2 Hardware Interface Technical Reference, "Keyboard
 * and Auxiliary Device Controller"), the American layout.
 */
#include "pvboot/hv/machine/console/scancode.h"

#include <stddef.h>

#define RELEASED	0x80
#define EXTENDED	0xe0
#define CONTROL		0x1d
#define SHIFT_LEFT	0x2a
#define SHIFT_RIGHT	0x36
#define CAPS		0x3a

/* From code 1 on. */
static const char plain[] = "\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`"
			    "\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:"
			      "\"~\0|ZXCVBNM<>?\0*\0 ";

_Static_assert(sizeof(plain) == 0x3a && sizeof(shifted) == 0x3a,
	       "up to the space bar, 0x39");

/* Keys that terminals send as sequences; those of the number pad as well. */
static const struct {
	uint8_t code;
	const char *text;
} sequences[] = {
	{ 0x44, "\033[21~" }, { 0x47, "\033[H" }, { 0x48, "\033[A" },
	{ 0x49, "\033[5~" }, { 0x4b, "\033[D" }, { 0x4d, "\033[C" },
	{ 0x4f, "\033[F" }, { 0x50, "\033[B" }, { 0x51, "\033[6~" },
	{ 0x53, "\033[3~" },
};

static const char *sequence(uint8_t code)
{
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		if (sequences[i].code == code)
			return sequences[i].text;
	return "";
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static const char *typed(const struct scancode *s, uint8_t code)
{
	static char text[2];
	char c = plain[code - 1];

	if (s->shift != (s->caps && is_letter(c)))
		c = shifted[code - 1];
	if (s->control && (c & 0x40))
		c &= 0x1f;
	text[0] = c;
	return text;
}

const char *scancode_text(struct scancode *s, uint8_t code)
{
	bool extended = s->extended, pressed = !(code & RELEASED);

	s->extended = code == EXTENDED;
	if (s->extended)
		return "";
	code &= (uint8_t)~RELEASED;
	/* Extended ones are no keys, but come with some that are. */
	if (!extended && (code == SHIFT_LEFT || code == SHIFT_RIGHT))
		s->shift = pressed;
	if (code == CONTROL)
		s->control = pressed;
	if (!pressed)
		return "";
	s->caps ^= !extended && code == CAPS;
	if (extended && (code == 0x1c || code == 0x35))	/* Enter, "/" */
		return code == 0x1c ? "\r" : "/";
	if (extended || code >= sizeof(plain))
		return sequence(code);
	return code ? typed(s, code) : "";
}
