/*
 * A key is pressed when the guest has read the one before: its keyboard keeps
 * eight, a BIOS fifteen, and what comes on top of those is lost.  How fast it
 * reads is its own affair, and the host's.
 *
 * The controller says whether a byte waits (IBM PS/2, 8042 status register, bit
 * 0).  A BIOS takes it at once, into a ring of its own, whose head and tail lie
 * in its data area (40:1A, 40:1C; 40:80 and 40:82 are the ring's bounds): there
 * the key waits to be read.  Other systems leave these words alone.
 */
#include "tools/vm/sendkey.h"

#include <stddef.h>
#include <string.h>

#include "tools/vm/peek.h"

#define STATUS_PORT 0x64
#define STATUS_WAITS 1
#define NO_PORT 0xff
#define BIOS_DATA 0x400
#define RING_HEAD 0x1a
#define RING_TAIL 0x1c
#define RING_START 0x80
#define RING_END 0x82

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

static void add_event(json_t *list, const char *name, bool down)
{
	json_array_append_new(list, json_pack("{ss s{sb s{ss ss}}}", "type",
		"key", "data", "down", down, "key", "type", "qcode", "data",
		name));
}

static int press(struct qmp *q, const char *name, bool shift)
{
	json_t *list = json_array(), *reply;
	bool pressed;

	if (shift)
		add_event(list, "shift", true);
	add_event(list, name, true);
	add_event(list, name, false);
	if (shift)
		add_event(list, "shift", false);
	reply = qmp_command(q, "input-send-event",
			    json_pack("{so}", "events", list));
	pressed = reply;
	json_decref(reply);
	return pressed ? 0 : -1;
}

static unsigned word(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

/*
 * The BIOS' ring: *TAIL is where its next key goes.  False: there is no such
 * ring, as far as these words tell.
 */
static bool read_ring(struct qmp *q, unsigned *head, unsigned *tail)
{
	uint8_t data[RING_END + 2];
	unsigned start, end;

	if (!peek_memory(q, BIOS_DATA, data, sizeof(data)))
		return false;
	*head = word(data + RING_HEAD);
	*tail = word(data + RING_TAIL);
	start = word(data + RING_START);
	end = word(data + RING_END);
	return start < end && *head >= start && *head < end &&
	       *tail >= start && *tail < end;
}

static bool is_read(struct sendkey *s, struct qmp *q)
{
	int status = peek_port(q, STATUS_PORT);
	unsigned head, tail;

	if (status >= 0 && status != NO_PORT && (status & STATUS_WAITS))
		return false;
	if (!s->has_ring || !read_ring(q, &head, &tail))
		return true;
	s->ring_used |= tail != s->tail;
	return !s->ring_used || head == tail;
}

int sendkey_type(struct sendkey *s, struct qmp *q, const char *text)
{
	unsigned head;
	bool shift;

	for (const char *p = text; *p; p++)
		if (!sendkey_name(*p, &shift))
			return -1;
	*s = (struct sendkey){ .left = text };
	s->has_ring = read_ring(q, &head, &s->tail);
	return 0;
}

bool sendkey_step(struct sendkey *s, struct qmp *q)
{
	const char *name = "ret";
	bool shift = false;

	if (!s->left || !is_read(s, q))
		return false;
	if (*s->left)
		name = sendkey_name(*s->left, &shift);
	s->left = !press(q, name, shift) && *s->left ? s->left + 1 : NULL;
	return true;
}
