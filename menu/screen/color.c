/* GRUB's names are VGA's; a terminal counts red as 1 and blue as 4. */
#include "menu/screen/color.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

static const char *const names[] = {
	"black", "blue", "green", "cyan", "red", "magenta", "brown",
	"light-gray", "dark-gray", "light-blue", "light-green", "light-cyan",
	"light-red", "light-magenta", "yellow", "white",
};

/* A name before STOP; VGA's number, or -1. */
static int take_name(const char **s, const char *stop)
{
	size_t len = strcspn(*s, stop);

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) != len || strncmp(*s, names[i], len))
			continue;
		*s += len;
		return (int)i;
	}
	return -1;
}

/* "[blink-]FG/BG", or VGA's number for both. */
static int take_color(const char **s, unsigned *out)
{
	unsigned blink = strncmp(*s, "blink-", 6) ? 0 : 0x80;
	const char *at = *s + (blink ? 6 : 0);
	int fg = take_name(&at, "/"), bg = -1;
	int32_t number;

	if (fg >= 0 && *at == '/') {
		at++;
		bg = take_name(&at, " ");
	}
	if (bg >= 0 && bg < 8) {
		*out = blink | (unsigned)bg << 4 | (unsigned)fg;
	} else {
		at = *s;
		if (lst_number(&at, &number) || number > 0xff)
			return ERR_NUMBER;
		*out = (unsigned)number;
	}
	*s = at + strspn(at, " ");
	return 0;
}

static unsigned ecma(unsigned vga)
{
	return (vga & 2) | (vga & 1) << 2 | (vga >> 2 & 1);
}

static void write_color(char *to, size_t size, unsigned color)
{
	fmt(to, size, "\033[0%s%s;%u;%um", color & 8 ? ";1" : "",
	    color & 0x80 ? ";5" : "", 30 + ecma(color & 7),
	    40 + ecma(color >> 4 & 7));
}

static int parse(const char *args, unsigned *normal, unsigned *bar)
{
	int err = take_color(&args, normal);

	/* Without one, GRUB's: both halves change places. */
	*bar = (*normal & 7) << 4 | (*normal >> 4 & 7);
	if (!err && *args)
		err = take_color(&args, bar);
	return err;
}

void color_read(struct color *c, const char *args)
{
	unsigned normal, bar;

	*c = (struct color){ .bar = "\033[7m" };
	if (!args || parse(args, &normal, &bar)) {
		err_clear();
		return;
	}
	write_color(c->normal, sizeof(c->normal), normal);
	write_color(c->bar, sizeof(c->bar), bar);
}

int color_command(struct runner *r, const char *args)
{
	unsigned normal, bar;

	return parse(args, &normal, &bar) ? fail(ERR_NUMBER, "color %s", args)
		: 0;
}
