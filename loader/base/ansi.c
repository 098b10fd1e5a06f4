/* Unknown sequences are dropped. */
#include "loader/base/ansi.h"

enum { PLAIN, ESCAPE, SEQUENCE };

#define ARGS (sizeof(((struct ansi *)0)->arg) / sizeof(uint16_t))

/* ECMA-48's colours have red in bit 0, VGA's blue. */
static uint8_t vga(unsigned color)
{
	return (uint8_t)((color & 2) | (color & 1) << 2 | (color >> 2 & 1));
}

static void set_color(struct ansi *a, unsigned arg)
{
	if (!arg)
		a->color = ANSI_GREY;
	else if (arg == 1)
		a->color |= 0x08;
	else if (arg == 5)
		a->color |= 0x80;
	else if (arg == 7)
		a->color = (uint8_t)((a->color & 0x88) |
				     (a->color & 7) << 4 |
				     (a->color >> 4 & 7));
	else if (arg >= 30 && arg <= 37)
		a->color = (uint8_t)((a->color & 0xf8) | vga(arg - 30));
	else if (arg >= 40 && arg <= 47)
		a->color = (uint8_t)((a->color & 0x8f) | vga(arg - 40) << 4);
}

static enum ansi_op finish(struct ansi *a, char c)
{
	switch (c) {
	case 'H':
		a->row = a->arg[0] ? a->arg[0] - 1u : 0;
		a->column = a->n && a->arg[1] ? a->arg[1] - 1u : 0;
		return ANSI_MOVE;
	case 'J':
		return ANSI_CLEAR;
	case 'K':
		return ANSI_ERASE;
	case 'm':
		for (unsigned i = 0; i <= a->n; i++)
			set_color(a, a->arg[i]);
		return ANSI_COLOR;
	}
	return ANSI_NOTHING;
}

enum ansi_op ansi_take(struct ansi *a, char c)
{
	if (a->state == PLAIN) {
		if (c != 27)
			return ANSI_PUT;
		a->state = ESCAPE;
	} else if (a->state == ESCAPE) {
		a->state = c == '[' ? SEQUENCE : PLAIN;
		a->n = 0;
		for (unsigned i = 0; i < ARGS; i++)
			a->arg[i] = 0;
	} else if (c >= '0' && c <= '9') {
		a->arg[a->n] = (uint16_t)((a->arg[a->n] * 10 + c - '0') %
					  1000);
	} else if (c == ';') {
		a->n += a->n + 1u < ARGS;
	} else {
		a->state = PLAIN;
		return finish(a, c);
	}
	return ANSI_NOTHING;
}
