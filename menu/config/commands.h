/*
 * The commands of menu.lst, and which reader knows them where.
 */
#ifndef MENU_CONFIG_COMMANDS_H
#define MENU_CONFIG_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * LST_PATCHES: what only distributions' GRUBs have.  Such lines make no entry,
 * but are carried out.
 */
enum lst_dialect { LST_GNU097, LST_PVGRUB, LST_PATCHES };

/* In the order of strcmp: commands.c is searched by halves. */
enum lst_cmd {
	CMD_UNKNOWN,
	CMD_BACKGROUND, CMD_BLOCKLIST, CMD_BOOT, CMD_BOOTP, CMD_BORDER,
	CMD_CAT, CMD_CHAINLOADER, CMD_CLEAR, CMD_CMP, CMD_COLOR,
	CMD_CONFIGFILE, CMD_DEBUG, CMD_DEFAULT, CMD_DHCP, CMD_DISPLAYAPM,
	CMD_DISPLAYMEM, CMD_EMBED, CMD_FALLBACK, CMD_FIND, CMD_FOREGROUND,
	CMD_FSTEST, CMD_GEOMETRY, CMD_HALT, CMD_HELP, CMD_HIDDENMENU,
	CMD_HIDE, CMD_IFCONFIG, CMD_IMPSPROBE, CMD_INITRD, CMD_INSTALL,
	CMD_IOPROBE, CMD_KERNEL, CMD_LOCK, CMD_MAKEACTIVE, CMD_MAP,
	CMD_MD5CRYPT, CMD_MODULE, CMD_MODULENOUNZIP, CMD_PAGER, CMD_PARTNEW,
	CMD_PARTTYPE, CMD_PASSWORD, CMD_PAUSE, CMD_PRINT, CMD_QUIET, CMD_RARP,
	CMD_READ,
	CMD_REBOOT, CMD_ROOT, CMD_ROOTNOVERIFY, CMD_SAVEDEFAULT, CMD_SERIAL,
	CMD_SETKEY, CMD_SETUP, CMD_SHADE, CMD_SPLASHIMAGE, CMD_TERMINAL,
	CMD_TERMINFO, CMD_TESTLOAD, CMD_TESTVBE, CMD_TFTPSERVER, CMD_TIMEOUT,
	CMD_TITLE, CMD_UNHIDE, CMD_UPPERMEM, CMD_UUID, CMD_VBEPROBE,
	CMD_VIEWPORT,
	CMD_COUNT
};

enum {
	CMD_MENU = 1,	/* runs in the header */
	CMD_ENTRY = 2,	/* runs in an entry */
	CMD_GNU = 4,	/* GNU GRUB 0.97 has it */
	CMD_PV = 8,	/* PV-GRUB has it */
	CMD_PATCH = 16,	/* only distributions' patches have it */
};

/* The command whose whole name is the LEN bytes at NAME, or CMD_UNKNOWN. */
enum lst_cmd command_find(const char *name, size_t len,
			  enum lst_dialect dialect);

/* CMD_MENU and CMD_ENTRY of a command. */
unsigned command_flags(enum lst_cmd cmd);

const char *command_name(enum lst_cmd cmd);

#endif
