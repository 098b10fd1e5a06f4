/*
 * Keys are pressed one after the other; QEMU holds each for a tenth of a second
 * and keeps those that come meanwhile.  (QEMU QMP Reference Manual, "send-key")
 */
#include "tools/vm/sendkey.h"

#include <stddef.h>
#include <string.h>

static const struct key {
	char plain, shifted;
	const char *name;
} keys[] = {
	{ '`', '~', "grave_accent" }, { '1', '!', "1" }, { '2', '@', "2" },
	{ '3', '#', "3" }, { '4', '$', "4" }, { '5', '%', "5" },
	{ '6', '^', "6" }, { '7', '&', "7" }, { '8', '*', "8" },
	{ '9', '(', "9" }, { '0', ')', "0" }, { '-', '_', "minus" },
	{ '=', '+', "equal" }, { '[', '{', "bracket_left" },
	{ ']', '}', "bracket_right" }, { '\\', '|', "backslash" },
	{ ';', ':', "semicolon" }, { '\'', '"', "apostrophe" },
	{ ',', '<', "comma" }, { '.', '>', "dot" }, { '/', '?', "slash" },
	{ ' ', ' ', "spc" }, { '\t', '\t', "tab" }, { '\n', '\n', "ret" },
	{ 27, 27, "esc" },
};

const char *sendkey_name(char c, bool *shift)
{
	static const char letters[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0"
				      "n\0o\0p\0q\0r\0s\0t\0u\0v\0w\0x\0y\0z";

	*shift = c >= 'A' && c <= 'Z';
	if (*shift || (c >= 'a' && c <= 'z'))
		return letters + 2 * ((c | 0x20) - 'a');
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		*shift = keys[i].plain != c;
		if (keys[i].plain == c || keys[i].shifted == c)
			return keys[i].name;
	}
	return NULL;
}

static int press(struct qmp *q, const char *name, bool shift)
{
	json_t *list = json_array(), *reply;
	bool pressed;

	if (shift)
		json_array_append_new(list, json_pack("{ss ss}", "type",
						      "qcode", "data",
						      "shift"));
	json_array_append_new(list, json_pack("{ss ss}", "type", "qcode",
					      "data", name));
	reply = qmp_command(q, "send-key", json_pack("{so}", "keys", list));
	pressed = reply;
	json_decref(reply);
	return pressed ? 0 : -1;
}

int sendkey_type(struct qmp *q, const char *text)
{
	const char *name;
	bool shift;

	for (; *text; text++) {
		name = sendkey_name(*text, &shift);
		if (!name || press(q, name, shift))
			return -1;
	}
	return press(q, "ret", false);
}
