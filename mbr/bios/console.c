/*
 * Output: the text screen by writing its memory, and COM1 or the port that
 * `serial' says.  A machine may lack either; INT 10h is not used, because
 * firmware may copy what it prints to the serial line, where it would then be
 * twice.
 */
#include <linux/screen_info.h>
#include <stdbool.h>
#include <string.h>

#include "loader/base/ansi.h"
#include "loader/base/err.h"
#include "mbr/bios/bios.h"

#define BLANK 0x0720		/* grey on black */

uint16_t bios_serial = 0x3f8;	/* COM1 */
struct bios_consoles bios_consoles = {
	.used = CONSOLE_SCREEN | CONSOLE_SERIAL
};
static struct ansi ansi = { .color = ANSI_GREY };
static struct {
	uint16_t *cells;	/* NULL: no text screen */
	uint16_t crtc;		/* its index port */
	unsigned columns, rows, at;
} screen;

/* FORMAT: the line control register, DIVISOR: of 115200 baud. */
static bool serial_init(uint16_t port, uint8_t format, uint16_t divisor)
{
	if (bios_in(port + 5) == 0xff)
		return false;
	bios_serial = port;
	bios_out(port + 3, 0x80 | format);	/* divisor latch */
	bios_out(port, (uint8_t)divisor);
	bios_out(port + 1, (uint8_t)(divisor >> 8));
	bios_out(port + 3, format);
	bios_out(port + 1, 0);		/* no interrupts */
	bios_out(port + 2, 7);		/* FIFOs on and empty */
	bios_out(port + 4, 3);		/* DTR, RTS */
	bios_consoles.there |= CONSOLE_SERIAL;
	return true;
}

int bios_set_serial(const struct serial_line *s)
{
	volatile uint8_t *unit = bios_data(2 * s->unit);
	uint32_t port = s->port ? s->port : unit[0] + 256u * unit[1];
	/* Of the parity's bits: on (8), even (16). */
	uint32_t format = (s->word - 5) | (s->stop - 1) << 2 |
			  (s->parity ? 16 * s->parity - 8 : 0u);

	if (port && serial_init((uint16_t)port, (uint8_t)format,
				(uint16_t)(115200 / s->speed)))
		return 0;
	return fail(ERR_DEVICE_INIT, "serial: no port at 0x%x", port);
}

int bios_use_consoles(unsigned consoles)
{
	if (!(consoles & bios_consoles.there))
		return fail(ERR_DEVICE_INIT, "terminal");
	bios_consoles.used = consoles;
	return 0;
}

static void serial_put(char c)
{
	for (unsigned i = 0; i < 100000 && !(bios_in(bios_serial + 5) & 0x20);
	     i++)
		;
	bios_out(bios_serial, (uint8_t)c);
}

static bool is_text(uint8_t mode)
{
	return mode <= 3 || mode == 7;
}

/* The BIOS data area says whether there is a screen and in which mode. */
static void screen_init(void)
{
	uint16_t crtc = (uint16_t)(*bios_data(0x63) | *bios_data(0x64) << 8);
	struct bios_regs r = { .eax = 3 };	/* set mode 3: 80x25 */
	uint8_t mode;

	if (crtc != 0x3d4 && crtc != 0x3b4)
		return;
	if (!is_text(*bios_data(0x49)))
		bios_int(0x10, &r);
	mode = *bios_data(0x49);
	if (!is_text(mode))
		return;
	screen.columns = *bios_data(0x4a);
	screen.rows = *bios_data(0x84) ? *bios_data(0x84) + 1u : 25;
	if (screen.columns < 40 || screen.columns > 132 || screen.rows > 60)
		return;
	screen.at = *bios_data(0x51) * screen.columns + *bios_data(0x50);
	if (screen.at >= screen.columns * screen.rows)
		screen.at = 0;
	screen.crtc = crtc;
	screen.cells = (uint16_t *)(mode == 7 ? 0xb0000ul : 0xb8000ul);
	bios_consoles.there |= CONSOLE_SCREEN;
}

static void scroll(void)
{
	unsigned last = screen.columns * (screen.rows - 1);

	memmove(screen.cells, screen.cells + screen.columns, last * 2);
	for (unsigned i = 0; i < screen.columns; i++)
		screen.cells[last + i] = BLANK;
	screen.at -= screen.columns;
}

static void screen_put(char c)
{
	unsigned column = screen.at % screen.columns;

	switch (c) {
	case '\n':
		screen.at += screen.columns - column;
		break;
	case '\r':
		screen.at -= column;
		break;
	case '\b':
		screen.at -= column > 0;
		break;
	case '\t':
		screen.at = (screen.at | 7) + 1;
		break;
	default:
		screen.cells[screen.at++] = (uint16_t)(ansi.color << 8 |
						       (uint8_t)c);
	}
	if (screen.at >= screen.columns * screen.rows)
		scroll();
}

static void blank(unsigned from, unsigned to)
{
	for (; from < to; from++)
		screen.cells[from] = (uint16_t)(ansi.color << 8 | ' ');
}

/* A byte that may be of a control sequence; places off the screen are none. */
static void screen_take(char c)
{
	unsigned cells = screen.columns * screen.rows;

	switch (ansi_take(&ansi, c)) {
	case ANSI_PUT:
		screen_put(c);
		break;
	case ANSI_MOVE:
		if (ansi.row < screen.rows && ansi.column < screen.columns)
			screen.at = ansi.row * screen.columns + ansi.column;
		break;
	case ANSI_CLEAR:
		blank(screen.at, cells);
		break;
	case ANSI_ERASE:
		blank(screen.at, screen.at + screen.columns -
		      screen.at % screen.columns);
		break;
	default:
		break;
	}
}

/* The hardware's cursor, and the firmware's idea of it. */
static void screen_cursor(void)
{
	*bios_data(0x50) = (uint8_t)(screen.at % screen.columns);
	*bios_data(0x51) = (uint8_t)(screen.at / screen.columns);
	bios_out(screen.crtc, 14);
	bios_out(screen.crtc + 1, (uint8_t)(screen.at >> 8));
	bios_out(screen.crtc, 15);
	bios_out(screen.crtc + 1, (uint8_t)screen.at);
}

void bios_write(const char *s, size_t len)
{
	unsigned to = bios_consoles.there & bios_consoles.used;

	for (size_t i = 0; i < len; i++) {
		if (to & CONSOLE_SCREEN)
			screen_take(s[i]);
		if (to & CONSOLE_SERIAL && s[i] == '\n')
			serial_put('\r');
		if (to & CONSOLE_SERIAL)
			serial_put(s[i]);
	}
	if (to & CONSOLE_SCREEN)
		screen_cursor();
}

/* Correct what Linux is told of the text screen. */
void bios_screen_info(struct screen_info *info)
{
	info->orig_video_isVGA = screen.cells != NULL;
	if (!screen.cells)
		return;
	info->orig_x = (uint8_t)(screen.at % screen.columns);
	info->orig_y = (uint8_t)(screen.at / screen.columns);
	info->orig_video_mode = *bios_data(0x49);
	info->orig_video_cols = (uint8_t)screen.columns;
	info->orig_video_lines = (uint8_t)screen.rows;
	info->orig_video_points = *bios_data(0x85);
}

void bios_console(void)
{
	serial_init(bios_serial, 3, 1);	/* 8N1, 115200 baud */
	screen_init();
}
