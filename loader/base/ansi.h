/*
 * The control sequences that our menu sends, for screens that are no terminal:
 * ECMA-48's CUP (ESC [ row ; column H), ED and EL (J, K: all that follows), SGR
 * (m).
 */
#ifndef LOADER_BASE_ANSI_H
#define LOADER_BASE_ANSI_H

#include <stdbool.h>
#include <stdint.h>

enum ansi_op {
	ANSI_NOTHING,		/* of a sequence that goes on, or is unknown */
	ANSI_PUT,		/* it is a character */
	ANSI_MOVE,		/* to a->row, a->column, from 0 */
	ANSI_CLEAR,		/* from here to the end of the screen */
	ANSI_ERASE,		/* from here to the end of the line */
	ANSI_COLOR,		/* a->color is another */
};

struct ansi {
	uint8_t state, n;
	uint16_t arg[4];
	unsigned row, column;
	uint8_t color;	/* as VGA has it: background << 4 | foreground */
};

#define ANSI_GREY 0x07		/* what color is at the start */

/* The next byte. */
enum ansi_op ansi_take(struct ansi *a, char c);

#endif
