/*
 * VGA's text memory, of 80 columns: characters and attributes by turns from
 * 0xb8000 on; the CRTC says where the screen begins in it, which Linux moves to
 * scroll.  (IBM VGA; FreeVGA's "CRT Controller Registers", 0Ch and 0Dh, and
 * "Graphics Registers", 06h.)
 */
#include "tools/vm/screentext.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/vm/peek.h"

#define TEXT_AT 0xb8000
#define TEXT_SIZE 0x8000u
#define COLUMNS 80u
#define ROWS 25u

/* N cells at P, a line to every 80, without blanks at their ends. */
static char *lines(const uint8_t *p, unsigned n)
{
	char *text = malloc(n + n / COLUMNS + 2), *to = text, *line = text;

	if (!text)
		abort();
	for (unsigned i = 0; i < n; i++) {
		uint8_t c = p[2 * i];

		*to++ = (char)(c > ' ' && c < 0x7f ? c : c && c != ' ' &&
			       c != 0xff ? '.' : ' ');
		if ((i + 1) % COLUMNS)
			continue;
		while (to > line && to[-1] == ' ')
			to--;
		*to++ = '\n';
		line = to;
	}
	while (to > text && to[-1] == '\n')
		to--;
	*to = 0;
	return text;
}

char *screentext_all(struct qmp *q)
{
	uint8_t bytes[TEXT_SIZE];

	return peek_memory(q, TEXT_AT, bytes, TEXT_SIZE) ?
		lines(bytes, TEXT_SIZE / 2) : NULL;
}

/* A register behind an index port; -1: not to be had. */
static int read_register(struct qmp *q, unsigned port, unsigned index)
{
	char line[64];

	snprintf(line, sizeof(line), "o /b 0x%x 0x%x", port, index);
	json_decref(qmp_command(q, "human-monitor-command",
				json_pack("{ss}", "command-line", line)));
	return peek_port(q, port + 1);
}

char *screentext_shown(struct qmp *q)
{
	int graphics = read_register(q, 0x3ce, 6);
	int high = read_register(q, 0x3d4, 0x0c);
	int low = read_register(q, 0x3d4, 0x0d);
	uint8_t bytes[TEXT_SIZE], shown[2 * ROWS * COLUMNS];
	unsigned at;

	/* Bit 0: a picture; bits 3:2: the memory is at 0xb8000. */
	if (graphics < 0 || (graphics & 0xd) != 0xc || high < 0 || low < 0 ||
	    !peek_memory(q, TEXT_AT, bytes, TEXT_SIZE))
		return NULL;
	at = 2 * (unsigned)(high << 8 | low);
	for (unsigned i = 0; i < sizeof(shown); i++)
		shown[i] = bytes[(at + i) % TEXT_SIZE];
	return lines(shown, ROWS * COLUMNS);
}
