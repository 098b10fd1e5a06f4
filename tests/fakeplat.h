/*
 * A platform for tests and fuzz targets: its clock moves only when the menu is
 * idle, its keys come at given times, its last step ends run().  Kernels are
 * files that begin with "KERNEL".
 */
#ifndef TESTS_FAKEPLAT_H
#define TESTS_FAKEPLAT_H

#include <setjmp.h>
#include <string.h>

#include "loader/hash.h"
#include "loader/base/err.h"
#include "menu/extra.h"
#include "menu/main.h"

enum fake_end { FAKE_RETURNED, FAKE_STARTED, FAKE_WAITS };

static struct fake {
	struct platform p;
	struct arena arena;
	struct memmap map;
	jmp_buf end;
	uint64_t now;			/* ms */
	uint64_t patience;		/* ms until FAKE_WAITS */
	struct {
		uint64_t at;
		int key;
	} keys[256];
	unsigned n_keys, next_key;
	size_t out_at[257];	/* n_out when each key was taken */
	char out[1 << 16];
	size_t n_out;
	unsigned reboots, halts, starts;
	int go_error;			/* what go() ends with; 0: it starts */
	unsigned go_fails;		/* only so often; 0: always */
	char title[256], kernel[256], args[256], modules[1024];
	uint8_t loaded[1 << 16];	/* all pieces, one after the other */
	size_t n_loaded;
} fake;

static inline void fake_write(const char *s, size_t len)
{
	if (len > sizeof(fake.out) - 1 - fake.n_out)
		len = sizeof(fake.out) - 1 - fake.n_out;
	memcpy(fake.out + fake.n_out, s, len);
	fake.n_out += len;
	fake.out[fake.n_out] = 0;
}

static inline int fake_key(void)
{
	if (fake.next_key == fake.n_keys ||
	    fake.keys[fake.next_key].at > fake.now)
		return KEY_NONE;
	fake.out_at[fake.next_key] = fake.n_out;
	return fake.keys[fake.next_key++].key;
}

static inline void fake_idle(void)
{
	fake.now += 50;
	if (fake.now > fake.patience)
		longjmp(fake.end, 1 + FAKE_WAITS);
}

static inline uint64_t fake_clock_ms(void)
{
	return fake.now;
}

static inline uint64_t fake_firmware_tsc(void)
{
	return 5;
}

static inline void fake_reboot(void)
{
	fake.reboots++;
}

static inline void fake_halt(void)
{
	fake.halts++;
}

static inline void *fake_at(void *ctx, uint64_t addr, uint64_t size)
{
	uint8_t *to = fake.loaded + fake.n_loaded;

	if (size > sizeof(fake.loaded) - fake.n_loaded)
		return NULL;
	fake.n_loaded += size;
	return to;
}

static inline int fake_go(struct handover *ho)
{
	fake.starts++;
	if (fake.go_error && (!fake.go_fails || fake.starts <= fake.go_fails))
		return fail(fake.go_error, "go");
	if (handover_load(ho, fake_at, NULL))
		return ERR_READ;
	longjmp(fake.end, 1 + FAKE_STARTED);
}

static inline void fake_copy(char *to, const char *s, size_t size)
{
	size_t n = strlen(s) < size - 1 ? strlen(s) : size - 1;

	memcpy(to, s, n);
	to[n] = 0;
}

static inline bool fake_probe(struct span head)
{
	return head.len >= 6 && !memcmp(head.p, "KERNEL", 6);
}

static inline int fake_load(struct boot_entry *e, const struct memmap *map,
			    struct arena *arena, struct handover *ho)
{
	size_t n = 0;
	int err = handover_file(ho, PIECE_KERNEL, 0, e->kernel.size,
				&e->kernel, 0, e->kernel.size);

	fake_copy(fake.title, e->title, sizeof(fake.title));
	fake_copy(fake.kernel, e->kernel_path, sizeof(fake.kernel));
	fake_copy(fake.args, e->args, sizeof(fake.args));
	fake.modules[0] = 0;
	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		struct boot_module *m = &e->module[i];

		fake_copy(fake.modules + n, m->path, 120);
		n += strlen(fake.modules + n);
		fake_copy(fake.modules + n, e->initrd_given ? ";" : "|", 2);
		n++;
		if (n > sizeof(fake.modules) - 130)
			n = 0;
		err = handover_file(ho, PIECE_MODULE, 0, m->file.size,
				    &m->file, 0, m->file.size);
	}
	return err;
}

/* What lies in stage 2's second part when that is damaged. */
static inline const struct menu_extra *fake_no_extra(const struct platform *p)
{
	fail(ERR_READ, "damaged");
	return NULL;
}

/* DISKS as hd0, hd1, ...; ROOM of SIZE bytes is all the memory. */
static inline void fake_init(struct blk **disks, unsigned n, void *room,
			     size_t size)
{
	static const struct kernel_format format = { "fake", fake_probe,
						     fake_load, BY_KERNEL };
	static const struct kernel_format *const formats[] = { &format, NULL };

	memset(&fake, 0, sizeof(fake));
	fake.arena = (struct arena){ room, size, 0 };
	fake.patience = 1000000;
	fake.p = (struct platform){
		.name = "fake", .arena = &fake.arena, .formats = formats,
		.modes = 1u << GO_REAL16,
		.n_disks = n, .disk = disks, .boot_part = -1,
		.memmap = &fake.map, .write = fake_write, .key = fake_key,
		.idle = fake_idle, .hash = hash_file, .extra = extra_here,
		.clock_ms = fake_clock_ms,
		.firmware_tsc = fake_firmware_tsc, .go = fake_go,
		.reboot = fake_reboot, .halt = fake_halt,
	};
}

static inline void fake_press(uint64_t at, int key)
{
	fake.keys[fake.n_keys].at = at;
	fake.keys[fake.n_keys++].key = key;
}

/* menu_main() with CONFIG, or TEXT as the menu: how did it end? */
static inline enum fake_end fake_run(const char *config, struct file *text)
{
	int end = setjmp(fake.end);

	err_clear();
	if (end)
		return (enum fake_end)(end - 1);
	if (text)
		menu_main_file(&fake.p, text);
	else
		menu_main(&fake.p, config);
	return FAKE_RETURNED;
}

#endif
