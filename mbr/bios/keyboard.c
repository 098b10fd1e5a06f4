/*
 * Input: the keyboard through INT 16h, and the serial port.
 */
#include "loader/base/keys.h"
#include "mbr/bios/bios.h"

static int keyboard(void)
{
	struct bios_regs r = { .eax = 0x1100 };	/* a key waits? */

	bios_int(0x16, &r);
	if (r.flags & BIOS_ZERO)
		return KEY_NONE;
	r.eax = 0x1000;
	bios_int(0x16, &r);
	if ((r.eax & 0xff) == '\r')
		return '\n';
	if ((r.eax & 0xff) && (r.eax & 0xff) != 0xe0)
		return (int)(r.eax & 0xff);
	switch (r.eax >> 8 & 0xff) {		/* scan code */
	case 0x48:
		return KEY_UP;
	case 0x50:
		return KEY_DOWN;
	case 0x47:
		return KEY_HOME;
	case 0x4f:
		return KEY_END;
	case 0x44:
		return KEY_F10;
	}
	return KEY_NONE;
}

int bios_key(void)
{
	static struct keys serial;
	uint16_t port = bios_serial;
	int waits = bios_consoles.used & bios_consoles.there &
		    CONSOLE_SERIAL && (bios_in(port + 5) & 1);
	int key = keys_decode(&serial, waits ? bios_in(port) : -1);

	/* The rest of a sequence waits already. */
	for (int i = 0; i < 16 && waits && key == KEY_NONE; i++) {
		waits = bios_in(port + 5) & 1;
		if (waits)
			key = keys_decode(&serial, bios_in(port));
	}
	/* It may be there where no screen is. */
	return key == KEY_NONE && bios_consoles.used & CONSOLE_SCREEN ?
	       keyboard() : key;
}
