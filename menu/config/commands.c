/*
 * One table: every command of GRUB 0.97's stage 2 (also those that it has only
 * when built for them) and of PV-GRUB, which leaves out what needs a BIOS and
 * adds the graphics and print patches.
 */
#include "menu/config/commands.h"

#include <string.h>

#define BOTH (CMD_GNU | CMD_PV)
#define M CMD_MENU
#define C CMD_ENTRY

static const struct {
	char name[15];
	uint8_t flags;
} commands[CMD_COUNT] = {
	[CMD_BACKGROUND] = { "background", M | C | CMD_PV },
	[CMD_BLOCKLIST] = { "blocklist", C | BOTH },
	[CMD_BOOT] = { "boot", C | BOTH },
	[CMD_BOOTP] = { "bootp", M | C | BOTH },
	[CMD_BORDER] = { "border", M | C | CMD_PV },
	[CMD_CAT] = { "cat", C | BOTH },
	[CMD_CHAINLOADER] = { "chainloader", C | BOTH },
	[CMD_CLEAR] = { "clear", C | BOTH },
	[CMD_CMP] = { "cmp", C | BOTH },
	[CMD_COLOR] = { "color", M | C | BOTH },
	[CMD_CONFIGFILE] = { "configfile", C | BOTH },
	[CMD_DEBUG] = { "debug", C | BOTH },
	[CMD_DEFAULT] = { "default", M | BOTH },
	[CMD_DHCP] = { "dhcp", M | C | BOTH },
	[CMD_DISPLAYAPM] = { "displayapm", C | CMD_GNU },
	[CMD_DISPLAYMEM] = { "displaymem", C | CMD_GNU },
	[CMD_EMBED] = { "embed", C | CMD_GNU },
	[CMD_FALLBACK] = { "fallback", M | BOTH },
	[CMD_FIND] = { "find", C | BOTH },
	[CMD_FOREGROUND] = { "foreground", M | C | CMD_PV },
	[CMD_FSTEST] = { "fstest", C | BOTH },
	[CMD_GEOMETRY] = { "geometry", C | BOTH },
	[CMD_HALT] = { "halt", C | BOTH },
	[CMD_HELP] = { "help", C | BOTH },
	[CMD_HIDDENMENU] = { "hiddenmenu", M | BOTH },
	[CMD_HIDE] = { "hide", M | C | BOTH },
	[CMD_IFCONFIG] = { "ifconfig", M | C | BOTH },
	[CMD_IMPSPROBE] = { "impsprobe", C | CMD_GNU },
	[CMD_INITRD] = { "initrd", C | BOTH },
	[CMD_INSTALL] = { "install", C | CMD_GNU },
	[CMD_IOPROBE] = { "ioprobe", C | CMD_GNU },
	[CMD_KERNEL] = { "kernel", C | BOTH },
	[CMD_LOCK] = { "lock", C | BOTH },
	[CMD_MAKEACTIVE] = { "makeactive", C | BOTH },
	[CMD_MAP] = { "map", C | BOTH },
	[CMD_MD5CRYPT] = { "md5crypt", C | BOTH },
	[CMD_MODULE] = { "module", C | BOTH },
	[CMD_MODULENOUNZIP] = { "modulenounzip", C | BOTH },
	[CMD_PAGER] = { "pager", M | C | BOTH },
	[CMD_PARTNEW] = { "partnew", M | C | BOTH },
	[CMD_PARTTYPE] = { "parttype", M | C | BOTH },
	[CMD_PASSWORD] = { "password", M | C | BOTH },
	[CMD_PAUSE] = { "pause", C | BOTH },
	[CMD_PRINT] = { "print", M | C | CMD_PV },
	[CMD_QUIET] = { "quiet", C | CMD_PATCH },
	[CMD_RARP] = { "rarp", M | C | BOTH },
	[CMD_READ] = { "read", C | BOTH },
	[CMD_REBOOT] = { "reboot", C | BOTH },
	[CMD_ROOT] = { "root", C | BOTH },
	[CMD_ROOTNOVERIFY] = { "rootnoverify", C | BOTH },
	[CMD_SAVEDEFAULT] = { "savedefault", C | BOTH },
	[CMD_SERIAL] = { "serial", M | C | CMD_GNU },
	[CMD_SETKEY] = { "setkey", M | C | CMD_GNU },
	[CMD_SETUP] = { "setup", C | CMD_GNU },
	[CMD_SHADE] = { "shade", M | C | CMD_PV },
	[CMD_SPLASHIMAGE] = { "splashimage", M | C | CMD_PV },
	[CMD_TERMINAL] = { "terminal", M | C | BOTH },
	[CMD_TERMINFO] = { "terminfo", M | C | BOTH },
	[CMD_TESTLOAD] = { "testload", C | CMD_GNU },
	[CMD_TESTVBE] = { "testvbe", C | CMD_GNU },
	[CMD_TFTPSERVER] = { "tftpserver", M | C | BOTH },
	[CMD_TIMEOUT] = { "timeout", M | BOTH },
	[CMD_TITLE] = { "title", BOTH },
	[CMD_UNHIDE] = { "unhide", M | C | BOTH },
	[CMD_UPPERMEM] = { "uppermem", C | CMD_GNU },
	[CMD_UUID] = { "uuid", C | CMD_PATCH },
	[CMD_VBEPROBE] = { "vbeprobe", C | CMD_GNU },
	[CMD_VIEWPORT] = { "viewport", M | C | CMD_PV },
};

/* Like strcmp of the LEN bytes at S with NAME. */
static int compare(const char *s, size_t len, const char *name)
{
	int order = strncmp(s, name, len);

	return order ? order : -(name[len] != 0);
}

enum lst_cmd command_find(const char *name, size_t len,
			  enum lst_dialect dialect)
{
	static const uint8_t knows[] = { CMD_GNU, CMD_PV, CMD_PATCH };
	unsigned low = 1, high = CMD_COUNT;

	if (!len || len >= sizeof(commands[0].name))
		return CMD_UNKNOWN;
	while (low < high) {
		unsigned mid = (low + high) / 2;
		int order = compare(name, len, commands[mid].name);

		if (!order)
			return commands[mid].flags & knows[dialect] ?
				(enum lst_cmd)mid : CMD_UNKNOWN;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return CMD_UNKNOWN;
}

unsigned command_flags(enum lst_cmd cmd)
{
	return commands[cmd].flags & (CMD_MENU | CMD_ENTRY);
}

const char *command_name(enum lst_cmd cmd)
{
	return commands[cmd].name;
}
