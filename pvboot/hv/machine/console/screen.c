/*
 * A terminal that knows new lines and nothing else; escape sequences are left
 * out.  Text goes into memory, and a timer paints what has changed, so many
 * cells at a time that no guest waits long for its screen.
 *
 * VGA's text mode (IBM VGA Technical Reference, "Alphanumeric Modes"): a
 * character and its colours in two bytes at 0xb8000.  UEFI's picture: pixels of
 * four bytes, with glyphs that hv.efi has from the firmware.
 */
#include "pvboot/hv/machine/console/screen.h"

#include <stdint.h>
#include <string.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/memory.h"

#define COLUMNS_MAX	256
#define ROWS_MAX	128
#define TEXT_PAGE	0xb8000
#define GREY		0x0700	/* on black */
#define CRTC		0x3d4
#define CURSOR_START	0x0a
#define CURSOR_OFF	0x20
#define SOON		20000000ULL	/* ns */
#define CELLS_AT_ONCE	1000

static unsigned columns, rows;	/* 0: there is no screen */
static unsigned column, row, top;	/* TOP: the text's row that is first */
static char text[ROWS_MAX][COLUMNS_MAX], shown[ROWS_MAX][COLUMNS_MAX];
static void (*paint)(unsigned at_row, unsigned at_column, char c);
static volatile uint8_t *memory;
static struct timer painter;
static enum { TEXT, ESCAPE, SEQUENCE } state;

static void paint_text(unsigned r, unsigned c, char ch)
{
	((volatile uint16_t *)memory)[r * columns + c] = (uint8_t)ch | GREY;
}

/* Two pixels at a time, the left one in the low half. */
static void paint_pixels(unsigned r, unsigned c, char ch)
{
	static const uint64_t pair[4] = { 0, ~0ULL << 32, UINT32_MAX, ~0ULL };
	const struct screen *s = &boot_info.screen;
	const uint8_t *glyph = s->glyph[(uint8_t)ch - ' '];

	for (unsigned y = 0; y < s->glyph_rows; y++) {
		volatile uint64_t *to = (volatile uint64_t *)(memory +
			(uint64_t)(r * s->glyph_rows + y) * s->pitch + c * 32);

		for (unsigned i = 0; i < 4; i++)
			to[i] = pair[glyph[y] >> (6 - 2 * i) & 3];
	}
}

/* At most N cells.  False: there are more. */
static bool paint_some(unsigned n)
{
	for (unsigned r = 0; r < rows; r++) {
		const char *want = text[(top + r) % rows];

		if (!memcmp(want, shown[r], columns))
			continue;
		for (unsigned c = 0; c < columns; c++) {
			if (want[c] == shown[r][c])
				continue;
			if (!n--)
				return false;
			paint(r, c, want[c]);
			shown[r][c] = want[c];
		}
	}
	return true;
}

static void paint_later(struct timer *t)
{
	if (!paint_some(CELLS_AT_ONCE))
		timer_set(t, time_now() + SOON);
}

static bool has_picture(const struct screen *s)
{
	return s->width >= 8 * 40 && s->height >= 10 * s->glyph_rows &&
	       s->glyph_rows && s->pitch >= s->width * 4 && s->pitch % 8 == 0;
}

static void init_picture(const struct screen *s)
{
	columns = s->width / 8 < COLUMNS_MAX ? s->width / 8 : COLUMNS_MAX;
	rows = s->height / s->glyph_rows;
	rows = rows < ROWS_MAX ? rows : ROWS_MAX;
	memory = memory_mmio(s->base, (uint64_t)s->pitch * s->height);
	paint = paint_pixels;
	for (uint64_t at = 0; at < (uint64_t)s->pitch * s->height; at += 8)
		*(volatile uint64_t *)(memory + at) = 0;
}

static void init_text(void)
{
	columns = 80;
	rows = 25;
	memory = ma_va(TEXT_PAGE);
	paint = paint_text;
	outb(CRTC, CURSOR_START);
	outb(CRTC + 1, CURSOR_OFF);
	for (unsigned i = 0; i < rows * columns; i++)
		paint_text(i / columns, i % columns, ' ');
}

void screen_init(void)
{
	painter.fn = paint_later;
	if (has_picture(&boot_info.screen))
		init_picture(&boot_info.screen);
	else
		init_text();
	memset(text, ' ', sizeof(text));
	memset(shown, ' ', sizeof(shown));
}

static void new_line(void)
{
	column = 0;
	if (row + 1 < rows) {
		row++;
		return;
	}
	top = (top + 1) % rows;
	memset(text[(top + row) % rows], ' ', columns);
}

static void put_text(char c)
{
	if (c == '\n')
		new_line();
	else if (c == '\r')
		column = 0;
	else if (c == '\b')
		column -= column > 0;
	else if (c == '\t')
		column = (column | 7) + 1 < columns ? (column | 7) + 1 : column;
	else if (c == '\033')
		state = ESCAPE;
	if ((uint8_t)c < ' ' || c == 0x7f)
		return;
	if (column == columns)
		new_line();
	/* Of a character that is not ASCII the first byte is shown as "?". */
	if (!(c & 0x80))
		text[(top + row) % rows][column++] = c;
	else if (c & 0x40)
		text[(top + row) % rows][column++] = '?';
}

/* ECMA-48, 5.4: ESC [, parameters, and a byte from "@" on. */
static void put(char c)
{
	if (state == TEXT)
		put_text(c);
	else if (state == ESCAPE)
		state = c == '[' ? SEQUENCE : TEXT;
	else if ((uint8_t)c >= '@')
		state = TEXT;
}

void screen_write(const char *s, size_t len)
{
	if (!columns)
		return;
	while (len--)
		put(*s++);
	if (!painter.deadline)
		timer_set(&painter, time_now() + SOON);
}

void screen_flush(void)
{
	paint_some(ROWS_MAX * COLUMNS_MAX);
}
