/* ECMA-48 control sequences, as far as terminals send them for our keys. */
#include "loader/base/keys.h"

#include "loader/platform.h"

enum { PLAIN, ESCAPE, SEQUENCE };

static int plain(struct keys *k, int byte)
{
	if (byte == 27)
		k->state = ESCAPE;
	if (byte <= 0 || byte == 27)
		return KEY_NONE;
	if (byte == '\r')
		return '\n';
	return byte == 0x7f ? '\b' : byte;
}

static int letter(int c)
{
	switch (c) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	}
	return KEY_NONE;
}

/* ESC [ NUMBER ~ */
static int numbered(unsigned number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_HOME;
	case 4:
	case 8:
		return KEY_END;
	case 21:
		return KEY_F10;
	}
	return KEY_NONE;
}

int keys_decode(struct keys *k, int byte)
{
	switch (k->state) {
	case PLAIN:
		return plain(k, byte);
	case ESCAPE:
		k->number = 0;
		k->state = byte == '[' || byte == 'O' ? SEQUENCE : PLAIN;
		if (byte == -1)
			return 27;
		return k->state == SEQUENCE ? KEY_NONE : plain(k, byte);
	default:
		if (byte >= '0' && byte <= '9') {
			k->number = (k->number * 10 + (unsigned)byte - '0') %
				    1000;
			return KEY_NONE;
		}
		if (byte == ';' || byte == -1)
			return KEY_NONE;
		k->state = PLAIN;
		return byte == '~' ? numbered(k->number) : letter(byte);
	}
}
