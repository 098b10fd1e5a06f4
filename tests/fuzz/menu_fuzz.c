/*
 * Any bytes as a menu.lst that is shown and run, on a platform with an empty
 * disk, a screen and two serial ports.  The first byte counts the keys that
 * follow it: they are pressed a second after each other.  However it goes, the
 * menu must end or wait.
 */
#include <stdlib.h>

#include "tests/fakeplat.h"
#include "tests/memdisk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The control sequences in TEXT are of the kinds that the menu sends. */
static bool all_ours(const char *text)
{
	while ((text = strchr(text, 0x1b))) {
		if (*++text != '[')
			return false;
		text++;
		text += strspn(text, "0123456789;");
		if (!*text || !strchr("HJKm", *text))
			return false;
	}
	return true;
}

static int use_consoles(unsigned consoles)
{
	if (!consoles || consoles & ~(CONSOLE_SCREEN | CONSOLE_SERIAL))
		abort();
	return 0;
}

/* What a port is set to, somebody has looked at. */
static int set_serial(const struct serial_line *s)
{
	if (!s->speed || 115200 % s->speed || s->word < 5 || s->word > 8 ||
	    !s->stop || s->stop > 2 || s->parity > 2)
		abort();
	return s->unit < 2 ? 0 : fail(ERR_DEVICE_INIT, "none");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[1 << 20], sectors[1 << 16];
	size_t keys = len ? data[0] % 24 : 0;
	struct memdisk disk;
	struct blk *disks[] = { &disk.blk };
	struct file menu;
	uint8_t *text;

	if (len < 1 + keys)
		return 0;
	memdisk_init(&disk, sectors, sizeof(sectors), 512);
	fake_init(disks, 1, room, sizeof(room));
	fake.p.use_consoles = use_consoles;
	fake.p.set_serial = set_serial;
	fake.patience = 60000;
	for (size_t i = 0; i < keys; i++)
		fake_press(1000 * i, data[1 + i] < 0x80 ? data[1 + i] :
			   KEY_UP + data[1 + i] % 5);
	data += 1 + keys;
	len -= 1 + keys;
	text = malloc(len + 1);
	memcpy(text, data, len);
	fs_mem_file(&menu, text, len);
	if (fake_run(NULL, &menu) == FAKE_STARTED)
		abort();
	if (!memchr(data, 0x1b, len) && !all_ours(fake.out))
		abort();
	free(text);
	return 0;
}
