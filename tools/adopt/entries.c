/*
 * Entries are run by the loader's own parts up to the kernel format, which says
 * what the kernel is.
 */
#include "tools/adopt/entries.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv_notes.h"
#include "menu/config/config.h"
#include "menu/load.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/drivers/modules.h"
#include "tools/report.h"

#define GUEST_MEMORY (1ull << 30)	/* bytes; none of our guests is judged
					   by the size of a small one */

struct reader {
	struct platform p;
	struct arena arena;
	struct blk *disk;
	struct config config;
	struct runner r;
	bool bare;
	bool hd0;		/* an entry named (hd0), but there is a table */
};

/*
 * Past the device in front of *ARGS, which becomes the root.  What (hd0) means
 * where there is a table the settings say: the file system with the menu.
 */
static int take_device(struct reader *x, const char **args)
{
	struct device dev;
	int err = device_parse(args, x->r.root, &dev);

	if (err)
		return err;
	/* All of it is (hd0), and (hd0,0) once it has a table. */
	if (x->bare && (dev.disk || dev.part > 0))
		return fail(dev.disk ? ERR_NO_DISK : ERR_NO_PARTITION,
			    "there is none but (hd0)");
	if (x->bare)
		return 0;
	if (!dev.disk && dev.part < 0) {
		x->hd0 = true;
		dev = x->config.root;
	}
	x->r.root = dev;
	return 0;
}

static int run_line(struct reader *x, const struct lst_line *line)
{
	const char *args = lst_args(&x->config.lst, line);
	struct device root = x->r.root;
	int err;

	if (line->cmd == CMD_ROOT || line->cmd == CMD_ROOTNOVERIFY)
		return take_device(x, &args);
	if (line->cmd != CMD_KERNEL && line->cmd != CMD_INITRD &&
	    line->cmd != CMD_MODULE)
		return 0;
	while (line->cmd == CMD_KERNEL && !strncmp(args, "--", 2))
		args = lst_next_word(args);
	err = take_device(x, &args);
	if (!err)
		err = line->cmd == CMD_KERNEL ?
		      load_kernel(&x->r, args, CMD_KERNEL) :
		      line->cmd == CMD_INITRD ? load_initrd(&x->r, args) :
		      load_module(&x->r, args);
	x->r.root = root;
	return err;
}

/* Open what entry NUMBER names.  BE is empty.  0, or the first error. */
static int open_entry(struct reader *x, unsigned number, struct boot_entry *be)
{
	const struct lst *l = &x->config.lst;
	const struct lst_entry *e = &l->entry[number];
	int err = 0;

	*be = (struct boot_entry){ .title = lst_title(l, e), .args = "",
				   .platform = &x->p };
	x->r = (struct runner){ .p = &x->p, .config = &x->config,
				.mounts.p = &x->p, .entry = be,
				.root = x->config.root };
	err_clear();
	for (uint32_t i = e->title + 1; !err && i < e->end; i++)
		err = run_line(x, &l->line[i]);
	if (!err && !be->kernel_path)
		err = fail(ERR_COMMAND, "it starts no kernel");
	return err;
}

static int reader_open(struct reader *x, struct blk *disk, bool bare)
{
	int err;

	*x = (struct reader){ .disk = disk, .bare = bare };
	err = hostboot_arena_open(&x->arena);
	x->p = (struct platform){ .name = "host", .arena = &x->arena,
				  .n_disks = 1, .disk = &x->disk };
	x->r.mounts.p = &x->p;
	if (!err && (err = config_search(&x->config, &x->r.mounts)))
		hostboot_arena_close(&x->arena);
	return err;
}

/* Linux' own PV kernels need "!writable_page_tables"; older ones do not. */
static bool is_xenlinux(struct file *elf)
{
	static const char feature[] = "writable_page_tables";
	struct xenpv_notes notes;
	const char *at;
	Elf64_Ehdr eh;

	if (fs_read(elf, 0, sizeof(eh), &eh) ||
	    xenpv_notes_read(elf, &eh, &notes))
		return false;
	at = strstr(notes.features, feature);
	return at && (at == notes.features || at[-1] != '!');
}

static void take_format(struct entry *e, struct reader *x,
			struct boot_entry *be)
{
	static struct memmap map;
	static struct handover ho;
	int err;

	map.n = 0;
	ho = (struct handover){ .from = be };
	memmap_set(&map, 0, GUEST_MEMORY, MEM_RAM);
	err_clear();
	err = kernel_load(hostboot_paths[PATH_PV].formats, be, &map, &x->arena,
			  &ho);
	e->pv = !err;
	if (err) {
		snprintf(e->why, sizeof(e->why), "%s", err_text());
		e->bits32 = strstr(e->why, "32-bit kernel");
	}
	for (unsigned i = 0; !err && i < ho.n && !e->xenlinux; i++)
		if (ho.piece[i].role == PIECE_KERNEL && ho.piece[i].file)
			e->xenlinux = is_xenlinux(ho.piece[i].file);
	err_clear();
}

/* A bzImage says its release; of others the name may. */
static void take_release(struct entry *e, struct file *f)
{
	const char *slash = strrchr(e->kernel, '/');
	const char *name = slash ? slash + 1 : e->kernel;

	e->bzimage = modules_release(f, e->release);
	if (!e->release[0] && strchr(name, '-'))
		snprintf(e->release, sizeof(e->release), "%s",
			 strchr(name, '-') + 1);
}

/* hvc0 is Linux' own, xvc0 was xenlinux'. */
static bool console_offered(const char *args)
{
	bool any = false;

	for (const char *s = args; (s = strstr(s, "console=")); s += 8) {
		if (s != args && s[-1] != ' ')
			continue;
		any = true;
		if (!strncmp(s + 8, "hvc0", 4) || !strncmp(s + 8, "xvc0", 4))
			return true;
	}
	return !any || strstr(args, "xencons=");
}

static void read_entry(struct entry *e, struct reader *x, unsigned number)
{
	struct boot_entry be;
	int err = open_entry(x, number, &be);

	*e = (struct entry){ 0 };
	snprintf(e->title, sizeof(e->title), "%s", be.title);
	snprintf(e->kernel, sizeof(e->kernel), "%s",
		 be.kernel_path ? be.kernel_path : "");
	snprintf(e->args, sizeof(e->args), "%s", be.args);
	e->console = console_offered(e->args);
	e->initrd = be.n_modules;
	if (err) {
		snprintf(e->why, sizeof(e->why), "%s", err_text());
		err_clear();
		return;
	}
	take_release(e, &be.kernel);
	take_format(e, x, &be);
}

static void take_order(struct entries *out, const struct config *c)
{
	const struct lst *l = &c->lst;
	uint32_t next;

	if (!l->n_entries)
		return;
	out->first = lst_default(l, c->saved, &next);
	out->tried[out->n_tried++] = out->first;
	while (next < l->n_fallback)
		out->tried[out->n_tried++] = (unsigned)l->fallback[next++];
}

int entries_read(struct entries *out, const char *name, struct blk *disk,
		 bool bare)
{
	struct reader *x = calloc(1, sizeof(*x));
	unsigned all;
	size_t mark;

	if (!x)
		abort();
	*out = (struct entries){ 0 };
	err_clear();
	if (reader_open(x, disk, bare)) {
		free(x);
		return report_error("%s: no menu.lst: %s", name, err_text());
	}
	snprintf(out->where, sizeof(out->where), "%s", x->config.name);
	all = x->config.lst.n_entries;
	out->n = all < ENTRIES_MAX ? all : ENTRIES_MAX;
	out->left_out = all - out->n;
	take_order(out, &x->config);
	mark = arena_mark(&x->arena);
	for (unsigned i = 0; i < out->n; i++) {
		read_entry(&out->entry[i], x, i);
		arena_release(&x->arena, mark);
	}
	out->part = x->config.root.part;
	out->hd0 = x->hd0;
	hostboot_arena_close(&x->arena);
	free(x);
	return out->n ? 0 : report_error("%s:%s: no entry in it", name,
					 out->where);
}

/* ---- drivers ---- */

static const char *const blkfront[] = { "xen-blkfront", "xen_blkfront",
					"xenblk", NULL };
static const char *const netfront[] = { "xen-netfront", "xen_netfront",
					"xennet", NULL };

/* LIST as modules_close() makes it. */
static enum entries_known has(const char *list, const char *const *names)
{
	char line[64];

	for (; list && *names; names++) {
		snprintf(line, sizeof(line), "\n%s\n", *names);
		if (strstr(list, line))
			return ENTRIES_YES;
	}
	return list ? ENTRIES_NO : ENTRIES_UNKNOWN;
}

/* ext4's driver serves ext3 and ext2 as well. */
static enum entries_known has_fs(const char *list, const char *type)
{
	const char *names[] = { type, "ext4", NULL };

	if (strncmp(type, "ext", 3))
		names[1] = NULL;
	return type[0] ? has(list, names) : ENTRIES_UNKNOWN;
}

static void take_native(struct entry *e, const char *list)
{
	static const struct {
		const char *what, *names[3];
	} disks[] = {
		{ "virtio", { "virtio_blk" } },
		{ "virtio-scsi", { "virtio_scsi" } },
		{ "nvme", { "nvme" } },
		{ "ahci", { "ahci" } },
		{ "ide", { "ata_piix", "piix" } },
	};

	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		size_t used = strlen(e->native);

		if (has(list, disks[i].names) == ENTRIES_YES)
			snprintf(e->native + used, sizeof(e->native) - used,
				 "%s%s", used ? " " : "", disks[i].what);
	}
}

static void add_initrds(struct modules *m, struct entry *e,
			const struct boot_entry *be)
{
	for (unsigned i = 0; i < be->n_modules && !e->initrd_why[0]; i++) {
		struct file f = be->module[i].file;
		char *data = hostboot_slurp(&f);

		if (data)
			modules_in_initrd(m, data, f.size, e->initrd_why);
		free(data);
	}
}

static void look_at(struct entry *e, const struct boot_entry *be,
		    struct fs *root, const char *type)
{
	struct modules early, late;
	char *list;

	modules_open(&early);
	modules_open(&late);
	if (e->release[0]) {
		modules_in_kernel(&early, root, e->release, true);
		modules_in_kernel(&late, root, e->release, false);
	}
	add_initrds(&early, e, be);
	list = modules_close(&early);
	e->blkfront = has(list, blkfront);
	e->rootfs = has_fs(list, type);
	e->netfront = has(list, netfront);
	if (e->bzimage)
		take_native(e, list);
	free(list);
	list = modules_close(&late);
	if (e->netfront != ENTRIES_YES)
		e->netfront = has(list, netfront);
	free(list);
}

void entries_look(struct entries *out, struct blk *disk, bool bare,
		  struct fs *root, const char *type)
{
	struct reader *x = calloc(1, sizeof(*x));
	struct boot_entry be;
	size_t mark;

	if (!x)
		abort();
	if (reader_open(x, disk, bare)) {
		err_clear();
		free(x);
		return;
	}
	mark = arena_mark(&x->arena);
	for (unsigned i = 0; i < out->n; i++) {
		if (!open_entry(x, i, &be))
			look_at(&out->entry[i], &be, root, type);
		err_clear();
		arena_release(&x->arena, mark);
	}
	hostboot_arena_close(&x->arena);
	free(x);
}
