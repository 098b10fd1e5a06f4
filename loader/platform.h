/*
 * All that a boot path supplies.  mbr/bios, mbr/uefi, pvboot/guest and the
 * host (tools/) each define one, and call menu_main().
 */
#ifndef LOADER_PLATFORM_H
#define LOADER_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/base/arena.h"
#include "loader/disk/blk.h"
#include "loader/handover.h"
#include "loader/kernel/kernel.h"
#include "loader/memmap.h"

/* Keys beyond ASCII, as key() returns them; Enter is '\n'. */
enum { KEY_NONE = -1, KEY_UP = 0x100, KEY_DOWN, KEY_HOME, KEY_END, KEY_F10 };

/* What `terminal' chooses between, */
enum { CONSOLE_SCREEN = 1, CONSOLE_SERIAL = 2 };
/* and what it says of whoever sits there. */
enum { CONSOLE_DUMB = 1, CONSOLE_NO_ECHO = 2, CONSOLE_NO_EDIT = 4 };

/* A serial port, by its number or its UNIT; PARITY: none, odd, even. */
struct serial_line {
	uint32_t port, unit, speed, word, parity, stop;
};

struct bios_facts;
struct menu_extra;
struct picture;

struct platform {
	const char *name;	/* "bios", "uefi", "pv", "host" */
	uint64_t start_tsc;	/* when our first instruction ran */
	struct arena *arena;
	const struct kernel_format *const *formats;	/* NULL at the end */
	/* The same for what is to be a PV guest.  NULL: there is no way. */
	const struct kernel_format *const *pv_formats;
	unsigned modes;		/* bits 1 << GO_*: what go() carries out */

	/* Disks: hdN is disk[N], hd0 the one we were started from. */
	unsigned n_disks;
	struct blk **disk;
	int boot_part;		/* our own partition (GRUB's number), or -1 */

	struct memmap *memmap;
	/*
	 * Bring memmap up to date before a kernel's place is chosen, and take
	 * back what unpack() gave before.  NULL where nobody allocates.
	 */
	int (*update_memmap)(struct memmap *m);

	/*
	 * F, gzip'd and called PATH, as the file OUT in memory, which memmap
	 * has as MEM_LOADER until the next update_memmap().  NULL: the formats
	 * do that themselves.  ERR_GZIP, ERR_NO_MEMORY, ERR_READ.
	 */
	int (*unpack)(const struct platform *p, const char *path,
		      struct file *f, struct file *out);

	/*
	 * Our hypervisor where this path keeps it outside of file systems.
	 * NULL: nowhere; ERR_FILE_NOT_FOUND, without a message: not there.
	 */
	int (*open_hv)(const struct platform *p, struct file *out);

	/* hash_file() of loader/hash.h, wherever that lies. */
	int (*hash)(const struct platform *p, struct file *f, uint8_t *digest);

	/*
	 * What menu/extra.h has, wherever that lies.  NULL with an error: it
	 * cannot be had.
	 */
	const struct menu_extra *(*extra)(const struct platform *p);

	/*
	 * Asked for when a kernel wants to know; NULL where there is no BIOS.
	 */
	const struct bios_facts *(*bios_facts)(void);

	/*
	 * The mode that is nearest to the size, bits and kind (0: whatever)
	 * that are in P; go() sets it.  ERR_MULTIBOOT: there is none.  NULL:
	 * nor a screen.
	 */
	int (*picture)(struct picture *p);

	/*
	 * Every console that is in use; "\n" as in C, else ECMA-48.
	 */
	void (*write)(const char *s, size_t len);
	/* A key that waits, or KEY_NONE; who waits calls run_key(). */
	int (*key)(void);
	/* What a key means, by its character; NULL: what it says. */
	const uint8_t *keymap;
	unsigned console_flags;
	/* Of a screen, 0: 24; and whether output waits when it is full. */
	int32_t lines;
	bool no_pager;
	/*
	 * Use of these only (CONSOLE_SCREEN | ...) those that are there.
	 * ERR_DEVICE_INIT: none is.  NULL where there is one console.
	 */
	int (*use_consoles)(unsigned consoles);
	/* ERR_DEVICE_INIT: there is no such port.  NULL: nor any. */
	int (*set_serial)(const struct serial_line *s);
	/* Idle for a moment: called while a key or time is waited for. */
	void (*idle)(void);
	/* Milliseconds since some moment; never goes back. */
	uint64_t (*clock_ms)(void);
	/*
	 * A line of menu.lst is about to be run (a title: its entry is):
	 * measured boot.  NULL where nobody measures.
	 */
	void (*measure)(const char *line);
	/* The same for the settings' TEXT, which is FROM's.  NULL as above. */
	void (*measure_settings)(const char *from, const char *text);
	/*
	 * TSC ticks since start_tsc for the record, NULL where there is no
	 * such thing: in firmware, whose instructions they count under QEMU's
	 * -icount; and while a backend was at work, or we slept until it had
	 * been, which is time and counts nothing.
	 */
	uint64_t (*firmware_tsc)(void);
	uint64_t (*backend_tsc)(void);
	/*
	 * Load the pieces and start the kernel.  Comes back only with an
	 * error recorded, everything released.
	 */
	int (*go)(struct handover *ho);
	void (*reboot)(void);
	void (*halt)(void);
};

/* Formatted text to the platform's consoles. */
void say(const struct platform *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
