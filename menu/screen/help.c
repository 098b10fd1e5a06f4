/* One table; docs/menu-lst.md and menu.lst(5) are made from it. */
#include "menu/screen/help.h"

#include <string.h>

#define TOLD "is told to have no effect"
#define HEADER "before the first title only, Error 27 elsewhere: "

static const struct help helps[CMD_COUNT] = {
	[CMD_BLOCKLIST] = { "FILE", "prints where on the disk the file lies" },
	[CMD_BOOT] = { "", "starts the kernel; implied at the end of an entry "
		       "that named one" },
	[CMD_CAT] = { "FILE", "shows it, 64 KiB at most" },
	[CMD_CHAINLOADER] = { "[--force] FILE", "UEFI: starts an EFI "
			      "application; BIOS: a boot sector, also of a "
			      "block list (+1), or a Multiboot file; PV: "
			      "Error 27" },
	[CMD_CLEAR] = { "", "clears the screen" },
	[CMD_CMP] = { "FILE FILE", "tells ten differences at most" },
	[CMD_COLOR] = { "NORMAL [BAR]", "before the first title: colours of "
			"the menu and of its bar, as yellow/blue or a "
			"number" },
	[CMD_CONFIGFILE] = { "FILE", "goes on with that as the menu; a "
			     "password's trust ends" },
	[CMD_DEBUG] = { "", TOLD },
	[CMD_DEFAULT] = { "N|saved", HEADER "the entry that starts by itself, "
			  "from 0; saved: as the file default beside menu.lst "
			  "or once= of the environment block says" },
	[CMD_DISPLAYAPM] = { "", TOLD },
	[CMD_DISPLAYMEM] = { "", "prints the memory map" },
	[CMD_FALLBACK] = { "N...", HEADER "entries to start, in turn, when "
			   "one fails; a line with a number twice does "
			   "nothing, unless it ends there" },
	[CMD_FIND] = { "FILE", "prints the devices that have it, Error 15 "
		       "without one; the root stays" },
	[CMD_FSTEST] = { "", TOLD },
	[CMD_GEOMETRY] = { "DEVICE", "prints a disk's size and partitions" },
	[CMD_HALT] = { "[--no-apm]", "switches the machine off, or stops it" },
	[CMD_HELP] = { "[WORD]", "prints the commands, or what those are that "
		       "begin with WORD" },
	[CMD_HIDDENMENU] = { "", HEADER "with a timeout the menu is shown only "
			     "when Escape is pressed" },
	[CMD_HIDE] = { "PARTITION", "writes its type with bit 0x10 into an "
		       "MBR" },
	[CMD_IMPSPROBE] = { "", TOLD },
	[CMD_INITRD] = { "FILE...", "the initial ramdisk; several files or "
			 "lines are handed over in order" },
	[CMD_IOPROBE] = { "DRIVE", TOLD },
	[CMD_KERNEL] = { "[--type=TYPE] [--no-mem-option] FILE [ARGUMENT...]",
			 "the kernel and its command line; what it is, the "
			 "file says, Error 13 if that is not TYPE; one that "
			 "is gzip'd as a whole is unpacked" },
	[CMD_LOCK] = { "", "Error 32 until p has asked for the password of "
		       "the first lines" },
	[CMD_MAKEACTIVE] = { "", "writes the root partition's flag into an "
			     "MBR" },
	[CMD_MAP] = { "TO FROM", "BIOS: what a boot sector calls drive FROM "
		      "is drive TO; elsewhere it means nothing" },
	[CMD_MD5CRYPT] = { "", "asks for a password and prints its hash" },
	[CMD_MODULE] = { "FILE [ARGUMENT...]", "for a Multiboot kernel, "
			 "unpacked if gzip'd; after a Linux kernel as initrd; "
			 "16 with those at most" },
	[CMD_MODULENOUNZIP] = { "FILE [ARGUMENT...]", "the same, never "
				"unpacked" },
	[CMD_PAGER] = { "[on|off]", "whether what a command of the command "
			"line writes waits at the end of a screen; it does "
			"without it" },
	[CMD_PARTTYPE] = { "PARTITION TYPE", "writes the type into an MBR; "
			   "logical partitions are Error 12, a GPT is Error "
			   "5" },
	[CMD_PASSWORD] = { "[--md5|--encrypted] PASSWORD [FILE]", "before the "
			   "first title: nothing but starting entries before "
			   "p has asked for it; in an entry: asks, Error 32; "
			   "then goes on with FILE as the menu" },
	[CMD_PAUSE] = { "[TEXT]", "prints it and waits for a key; Escape ends "
			"the entry" },
	[CMD_QUIET] = { "", "a patch of Debian's: the lines that follow are "
			"not printed" },
	[CMD_READ] = { "ADDRESS", TOLD },
	[CMD_REBOOT] = { "", "resets the machine" },
	[CMD_ROOT] = { "[DEVICE]", "where files are looked for; prints its "
		       "file system" },
	[CMD_ROOTNOVERIFY] = { "[DEVICE]", "the same, and nothing is looked "
			       "at" },
	[CMD_SAVEDEFAULT] = { "[N|fallback|--default=N] [--once]", "writes "
			      "the number of this entry, or the one that is "
			      "meant, into the file default beside menu.lst; "
			      "where it does not exist or cannot be written "
			      "to, nothing is saved" },
	[CMD_SERIAL] = { "[--unit=N] [--port=P] [--speed=S] [--word=N] "
			 "[--parity=no|odd|even] [--stop=N] [--device=D]",
			 "sets the serial line (COM1, 9600 8N1), Error 33 "
			 "where there is none; UEFI: by unit only; PV: no "
			 "effect, told" },
	[CMD_SETKEY] = { "[TO FROM]", "a key means another, by GRUB's names; "
			 "without them none does" },
	[CMD_TERMINAL] = { "[--dumb] [--no-echo] [--no-edit] [--silent] "
			   "[--timeout=SECONDS] [--lines=N] [console] "
			   "[serial]", "BIOS: the console in use (without "
			   "it all are), of two with a time-out the one with "
			   "a key, else the first; UEFI and PV have one, "
			   "told" },
	[CMD_TERMINFO] = { "[OPTION...]", TOLD },
	[CMD_TESTLOAD] = { "FILE", TOLD },
	[CMD_TESTVBE] = { "MODE", TOLD },
	[CMD_TIMEOUT] = { "SECONDS", HEADER "how long the menu waits for a "
			  "key; without it for ever" },
	[CMD_TITLE] = { "TEXT", "begins an entry" },
	[CMD_UNHIDE] = { "PARTITION", "writes its type without bit 0x10 into "
			 "an MBR" },
	[CMD_UPPERMEM] = { "KIB", "what Multiboot kernels are told of memory "
			   "above 1 MiB, for Linux by mem=" },
	[CMD_UUID] = { "UUID", "a patch of Ubuntu's: the root is the file "
		       "system with that UUID; where there is none, it "
		       "stays" },
	[CMD_VBEPROBE] = { "[MODE]", TOLD },
};

const struct help *help_of(enum lst_cmd cmd)
{
	return &helps[cmd];
}

int help_command(struct runner *r, const char *args)
{
	size_t len = strcspn(args, " ");
	unsigned n = 0;

	for (unsigned c = CMD_UNKNOWN + 1; c < CMD_COUNT; c++) {
		const char *name = command_name((enum lst_cmd)c);

		if (!helps[c].what || strncmp(name, args, len))
			continue;
		if (len)
			say(r->p, " %s %s\n    %s\n", name, helps[c].args,
			    helps[c].what);
		else
			say(r->p, "%s%s", n % 6 ? " " : "\n ", name);
		n++;
	}
	say(r->p, n ? "\n" : " no such command\n");
	return 0;
}
