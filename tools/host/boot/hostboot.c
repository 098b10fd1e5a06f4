/*
 * The platform "host".  The menu never ends by itself, so go() and a second
 * wait for a key leave it by longjmp: nothing of the loader holds more than
 * arena memory, which is dropped as a whole.
 */
#include "tools/host/boot/hostboot.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "loader/base/err.h"
#include "loader/disk/part.h"
#include "loader/hash.h"
#include "loader/picture.h"
#include "loader/platform.h"
#include "loader/unpack/unpack.h"
#include "menu/conf.h"
#include "menu/config/bls_find.h"
#include "menu/config/config.h"
#include "menu/extra.h"
#include "menu/main.h"
#include "menu/utf8.h"

#define ARENA (512ul << 20)
#define SLURP_MAX (256u << 20)	/* bytes of a larger file are not held */
#define WAIT_POLLS 1000		/* polls without a key: it waits for one */

static struct {
	struct hostboot *hb;
	const struct hostboot_path *path;
	jmp_buf out;
	uint64_t ms;
	unsigned polls, waits;
} host;

static void host_write(const char *s, size_t len)
{
	struct hostboot *hb = host.hb;
	size_t room = sizeof(hb->console) - 1 - hb->console_len;

	if (len > room)
		len = room;
	memcpy(hb->console + hb->console_len, s, len);
	hb->console_len += len;
	hb->console[hb->console_len] = 0;
}

static void end(bool ok, const char *why)
{
	host.hb->ok = ok;
	snprintf(host.hb->why, sizeof(host.hb->why), "%s", why);
	longjmp(host.out, 1);
}

/* The first error that was said, else WHY. */
static void end_with_error(const char *why)
{
	char line[256];
	const char *at = strstr(host.hb->console, "\nError ");

	if (!at)
		end(false, why);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at + 1, "\n"),
		 at + 1);
	end(false, line);
}

static int host_key(void)
{
	if (++host.polls < WAIT_POLLS)
		return KEY_NONE;
	host.polls = 0;
	if (host.waits++)
		end_with_error("it waits for a key");
	return '\n';
}

static void host_idle(void)
{
	host.ms += 1000;
}

static uint64_t host_clock(void)
{
	return host.ms;
}

static uint64_t host_firmware_tsc(void)
{
	return 0;
}

static void host_stop(void)
{
	end_with_error("it ends without starting a kernel");
}

static void *host_at(void *ctx, uint64_t addr, uint64_t size)
{
	void **memory = ctx;

	*memory = realloc(*memory, size ? size : 1);
	if (!*memory)
		fail(ERR_NO_MEMORY, "%lu bytes", size);
	return *memory;
}

/* The machine has the memory or not by its map; ours is the arena's. */
static int take_room(const struct platform *p, const char *path, uint64_t size,
		     void **mem)
{
	uint64_t at;

	if (memmap_find_high(p->memmap, size ? size : 1, 4096, 1 << 20,
			     1ull << 32, &at)) {
		err_clear();
		return fail(ERR_NO_MEMORY, "%s: no %lu bytes free, its size "
			    "when unpacked if it is whole", path, size);
	}
	*mem = arena_alloc_raw(p->arena, size, 16);
	return !*mem ? ERR_NO_MEMORY :
	       !size ? 0 : memmap_set(p->memmap, at, at + size, MEM_LOADER);
}

static int host_unpack(const struct platform *p, const char *path,
		       struct file *f, struct file *out)
{
	uint64_t size;
	void *mem = NULL;
	int err = host.path->first_only ? hostboot_no_second() :
		  unpack_size(f, 0, f->size, &size);

	if (err)
		return err;
	do {
		if ((err = take_room(p, path, size, &mem)))
			return err;
		err = unpack_gunzip(f, path, p->arena, mem, &size);
	} while (err == UNPACK_OTHER_SIZE);
	fs_mem_file(out, mem, size);
	return err;
}

/* As QEMU lays it out: what does not fit below 3 GiB is above 4. */
static void set_memory(struct memmap *map, unsigned mb)
{
	uint64_t bytes = (uint64_t)mb << 20, low = 3ull << 30;

	map->n = 0;
	memmap_set(map, 0, 0x9f000, MEM_RAM);
	memmap_set(map, 1 << 20, bytes < low ? bytes : low, MEM_RAM);
	if (bytes > low)
		memmap_set(map, 4ull << 30, (4ull << 30) + bytes - low,
			   MEM_RAM);
}

/* A failed entry's are free again. */
static int host_update_memmap(struct memmap *map)
{
	set_memory(map, host.hb->mem_mb);
	return 0;
}

static int host_hash(const struct platform *p, struct file *f, uint8_t *digest)
{
	return host.path->first_only ? hostboot_no_second() :
	       hash_file(p, f, digest);
}

static const struct menu_extra *host_extra(const struct platform *p)
{
	if (!host.path->first_only)
		return extra_here(p);
	hostboot_no_second();
	return NULL;
}

/* What the machine's screen can do, nobody knows here: what was asked for. */
static int host_picture(struct picture *p)
{
	p->addr = 0xfd000000;
	p->kind = p->kind ? p->kind : PICTURE_RGB;
	return 0;
}

/* What a boot would write is forgotten: the image is others'. */
static int host_pretend(struct blk *b, uint64_t lba, uint32_t n,
			const void *buf)
{
	return 0;
}

static const char *mode_name(enum handover_mode mode)
{
	static const char *const names[] = {
		[GO_REAL16] = "real mode", [GO_PROT32] = "32-bit",
		[GO_LONG64] = "64-bit", [GO_EFI] = "EFI image",
		[GO_XENPV] = "Xen PV domain",
		[GO_EFI64] = "64-bit, EFI boot services on",
		[GO_EFI_HV] = "EFI image, with a PV guest",
	};

	return names[mode];
}

/* Command lines may have bytes that are not UTF-8; JSON may not. */
static json_t *text(const char *s)
{
	json_t *j = json_string(s ? s : "");

	return j ? j : json_string("(not UTF-8)");
}

static json_t *describe(const struct handover *ho)
{
	json_t *pieces = json_array();

	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		json_array_append_new(pieces, json_pack(
			"{ss sI sI}", "what", handover_what(p->role), "address",
			(json_int_t)p->addr, "size", (json_int_t)p->size));
	}
	return json_pack("{ss ss ss so so}", "format", ho->format, "entry",
			 ho->entry_name ? ho->entry_name : "", "mode",
			 mode_name(ho->mode), "cmdline", text(ho->cmdline),
			 "pieces", pieces);
}

/* The kernel is not given the very bytes that were written for it. */
static void note_losses(struct hostboot *hb, const struct handover *ho)
{
	const char *s = ho->cmdline ? ho->cmdline : "";

	if (ho->from->cut)
		snprintf(hb->remark, sizeof(hb->remark), "of a line that it "
			 "runs only the first %d bytes count", LST_LINE_MAX);
	while (*s && utf8_length(s))
		s += utf8_length(s);
	if (*s && ho->mode == GO_EFI)
		snprintf(hb->remark, sizeof(hb->remark), "its arguments are "
			 "not UTF-8: the kernel gets other bytes on this path");
}

static int host_go(struct handover *ho)
{
	void *memory = NULL;
	int err = 0;

	/* A domain's first moments are the builder's; its files are read. */
	if (ho->mode != GO_XENPV)
		err = handover_load(ho, host_at, &memory);
	else if (ho->loaded)
		ho->loaded(ho);
	free(memory);
	if (err)
		return err;
	host.hb->handover = describe(ho);
	note_losses(host.hb, ho);
	if (host.hb->look)
		host.hb->look(host.hb->ctx, ho);
	end(true, "");
	return 0;
}

int hostboot_arena_open(struct arena *a)
{
	*a = (struct arena){ .size = ARENA };
	a->base = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return a->base == MAP_FAILED ? fail(ERR_NO_MEMORY, "%lu bytes", ARENA) :
		0;
}

void hostboot_arena_close(struct arena *a)
{
	munmap(a->base, ARENA);
}

void hostboot_run(struct hostboot *hb, struct blk *disk,
		  const struct hostboot_path *path)
{
	static struct memmap map;
	static struct arena arena;
	static struct blk copy, *disks[1] = { &copy };
	struct platform p = {
		.name = "host", .arena = &arena, .formats = path->formats,
		.modes = path->modes, .pv_formats = path->pv_formats,
		.n_disks = 1, .disk = disks, .boot_part = -1, .memmap = &map,
		.write = host_write, .key = host_key, .idle = host_idle,
		.update_memmap = host_update_memmap,
		.unpack = host_unpack, .hash = host_hash,
		.open_hv = path->open_hv, .extra = host_extra,
		.clock_ms = host_clock, .firmware_tsc = host_firmware_tsc,
		.picture = host_picture,
		.go = host_go, .reboot = host_stop, .halt = host_stop,
	};

	if (hb->menu)
		p.boot_part = hb->part;
	*hb = (struct hostboot){ .look = hb->look, .ctx = hb->ctx,
				 .menu = hb->menu, .part = hb->part,
				 .mem_mb = hb->mem_mb ? hb->mem_mb :
					   HOSTBOOT_MEM_MB };
	copy = *disk;
	copy.write = host_pretend;
	copy.flush = NULL;
	set_memory(&map, hb->mem_mb);
	memset(&host, 0, sizeof(host));
	host.hb = hb;
	host.path = path;
	err_clear();
	if (hostboot_arena_open(&arena)) {
		snprintf(hb->why, sizeof(hb->why), "%s", err_text());
		return;
	}
	if (!setjmp(host.out)) {
		if (hb->menu)
			menu_main_file(&p, hb->menu);
		else
			menu_main(&p, NULL);
		snprintf(hb->why, sizeof(hb->why), "the loader gave up");
	}
	hostboot_arena_close(&arena);
	err_clear();
}

char *hostboot_slurp(struct file *f)
{
	char *buf = f->size <= SLURP_MAX ? malloc(f->size + 1) : NULL;

	if (buf && fs_read(f, 0, f->size, buf)) {
		free(buf);
		buf = NULL;
	}
	err_clear();
	return buf;
}

void hostboot_release(struct hostboot *hb)
{
	json_decref(hb->handover);
	hb->handover = NULL;
}

void hostboot_place(struct hostboot_place *at, const struct file *f,
		    const char *path)
{
	const struct part_blk *part = part_of(f->fs->blk);

	at->offset = part ? part->first * part->blk.sector : 0;
	at->fat = !strcmp(f->fs->driver->name, "fat");
	if (*path == '(')
		path += strcspn(path, "/");
	snprintf(at->path, sizeof(at->path), "%s", path);
}

static int count_pvgrub(struct hostboot_menu *menu, struct arena *arena)
{
	char *copy = arena_alloc(arena, menu->len + 1);
	struct lst l;
	int err = copy ? 0 : ERR_NO_MEMORY;

	if (!err) {
		memcpy(copy, menu->text, menu->len);
		err = lst_parse(&l, copy, menu->len, LST_PVGRUB, arena);
	}
	menu->n_pvgrub = err ? 0 : l.n_entries;
	return err;
}

static int read_menu(struct hostboot_menu *menu, struct mounts *m,
		     struct config *c)
{
	struct file f;
	uint32_t next;
	int err = config_search(c, m);

	if (err || (err = device_open(m, c->root, c->name, &f)))
		return err;
	hostboot_place(&menu->at, &f, c->name);
	menu->n_entries = c->lst.n_entries;
	conf_read(c, m);
	if (c->settings.bls)
		bls_find(c, m);
	err_clear();
	menu->n_further = c->lst.n_entries - menu->n_entries;
	menu->first = lst_default(&c->lst, c->saved, &next);
	menu->part = c->root.part;
	menu->n_dropped = c->lst.n_dropped;
	menu->len = f.size;
	menu->text = malloc(f.size + 1);
	if (!menu->text)
		return fail(ERR_NO_MEMORY, "%lu bytes", f.size);
	err = fs_read(&f, 0, f.size, menu->text);
	if (!err)
		err = count_pvgrub(menu, m->p->arena);
	if (err)
		free(menu->text);
	return err;
}

int hostboot_menu(struct hostboot_menu *menu, struct blk *disk)
{
	struct arena arena;
	struct platform p = { .arena = &arena, .n_disks = 1, .disk = &disk,
			      .write = host_write };
	struct mounts m = { .p = &p };
	struct config c;
	int err;

	err_clear();
	err = hostboot_arena_open(&arena);
	if (!err) {
		err = read_menu(menu, &m, &c);
		hostboot_arena_close(&arena);
	}
	return err;
}

int hostboot_config(struct config *c, struct blk *disk, struct arena *arena)
{
	struct platform p = { .arena = arena, .n_disks = 1, .disk = &disk,
			      .write = host_write };
	struct mounts m = { .p = &p };
	int err;

	*c = (struct config){ .dir = "/boot/grub" };
	if ((err = config_search(c, &m)))
		return err;
	conf_read(c, &m);
	if (c->settings.bls)
		err = bls_find(c, &m);
	return err;
}
