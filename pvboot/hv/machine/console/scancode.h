/* Keys of a PC keyboard as a terminal's bytes.  Pure. */
#ifndef PVBOOT_HV_MACHINE_CONSOLE_SCANCODE_H
#define PVBOOT_HV_MACHINE_CONSOLE_SCANCODE_H

#include <stdbool.h>
#include <stdint.h>

struct scancode {
	bool shift, control, caps, extended;
};

/*
 * CODE of scan code set 1, the next that came: a string for what is typed, ""
 * for what gives nothing.  It is static, and good until the next call.
 */
const char *scancode_text(struct scancode *s, uint8_t code);

#endif
