/*
 * An entry is what the loader, run on the host, starts: as Linux, and as a PV
 * guest.  What its kernel has early is seen in its initrds and in the
 * list of what is built in; what lies in /lib/modules comes too late.
 */
#include "tools/host/drivers/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/boot/hostconf.h"
#include "tools/host/disk/rootdev.h"
#include "tools/host/drivers/modules.h"
#include "tools/host/menu/menupick.h"
#include "tools/text.h"

struct look {
	struct verdict_entry e;
	struct blk *disk;
	const struct hostboot_menu *menu;
	const struct part_list *parts;
	int fd;
	bool seen;
	char title[128], release[80];
};

/* What the file system that will be the root has, and says of the kernel. */
static void look_in_root(struct look *l, struct modules *m,
			 struct modules *late, const char *cmdline)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	int part = rootdev_find(cmdline, l->fd, l->parts, l->disk->sector);
	struct part_blk b;
	struct fs fs;

	if (part > 0 && !part_open(l->disk, l->parts, (unsigned)part - 1, &b) &&
	    !fs_mount(&fs, &b.blk, &arena)) {
		modules_in_kernel(m, &fs, l->release, true);
		modules_in_kernel(late, &fs, l->release, false);
	}
	err_clear();
}

static void look_at_initrd(struct modules *m, const struct file *initrd)
{
	struct file f = *initrd;
	char *data = hostboot_slurp(&f), why[128];

	if (data)
		modules_in_initrd(m, data, f.size, why);
	free(data);
}

static void look_at_handover(void *ctx, const struct handover *ho)
{
	const char *cmdline = ho->cmdline ? ho->cmdline : "";
	const struct boot_entry *from = ho->from;
	struct file kernel = from->kernel;
	struct look *l = ctx;
	struct modules m, late;

	if (l->seen)
		return;
	l->seen = true;
	snprintf(l->title, sizeof(l->title), "%s", from->title);
	rootdev_word(cmdline, l->e.root);
	modules_release(&kernel, l->release);
	l->e.initrd = from->n_modules;
	modules_open(&m);
	modules_open(&late);
	if (l->release[0]) {
		/* Else it was unpacked, or is a part of a file. */
		if (from->kernel.fs->driver->open) {
			modules_in_kernel(&m, from->kernel.fs, l->release,
					  true);
			modules_in_kernel(&late, from->kernel.fs, l->release,
					  false);
		}
		look_in_root(l, &m, &late, cmdline);
	}
	for (unsigned i = 0; i < from->n_modules; i++)
		look_at_initrd(&m, &from->module[i].file);
	l->e.drivers = modules_found(&m, &l->e.builtins);
	l->e.late = modules_found(&late, &l->e.late_builtins);
}

static bool starts_by(struct look *l, const struct hostboot_path *path,
		      struct file *menu, unsigned mem_mb)
{
	static struct hostboot hb;
	bool ok;

	hb = (struct hostboot){ .look = look_at_handover, .ctx = l,
				.mem_mb = mem_mb, .menu = menu,
				.part = l->menu->part };
	hostboot_run(&hb, l->disk, path);
	ok = hb.ok;
	hostboot_release(&hb);
	return ok;
}

/* Whether there is a driver; NULL where that is not known. */
static json_t *driven_json(enum driven d)
{
	return d == DRIVEN_UNKNOWN ? NULL : json_boolean(d == DRIVEN_YES);
}

static json_t *machine_json(const struct verdict_entry *e,
			    const struct profile *p)
{
	struct verdict v;

	verdict_judge(&v, e, p);
	return json_pack("{ss ss* ss* so* sb ss* ss* so* ss so}", "profile",
			 p->name, "disk", v.disk, "driver", v.driver,
			 "has_driver", driven_json(v.has), "root_named",
			 (int)v.root_named, "nic", v.nic, "nic_driver",
			 v.nic_driver, "has_nic_driver", v.nic ?
			 driven_json(v.has_nic) : NULL, "advice",
			 advice_names[v.advice], "text", text_json(v.text));
}

static json_t *entry_json(const struct look *l, uint32_t number)
{
	const struct profile *p;
	json_t *machines = json_array();

	for (unsigned i = 0; (p = profile_nth(i)); i++)
		json_array_append_new(machines, machine_json(&l->e, p));
	return json_pack("{si so sb so so* sb sb so}", "number", (int)number,
			 "title", text_json(l->title), "default",
			 (int)(number == l->menu->first), "root",
			 text_json(l->e.root), "release", l->release[0] ?
			 text_json(l->release) : NULL, "native",
			 (int)l->e.native, "pv", (int)l->e.pv, "on", machines);
}

/* Entry NUMBER, with what all have in common in BASE, onto LIST. */
static void add_entry(json_t *list, const struct look *base, uint32_t number,
		      unsigned mem_mb)
{
	struct look l = *base;
	struct file menu;
	size_t len;
	char *text = menupick_text(l.menu->text, l.menu->len, number, &len);

	if (!text)
		return;
	fs_mem_file(&menu, text, len);
	l.e.native = starts_by(&l, &hostboot_linux, &menu, mem_mb);
	l.e.pv = starts_by(&l, &hostboot_paths[PATH_PV], &menu, mem_mb);
	if (l.seen)
		json_array_append_new(list, entry_json(&l, number));
	free(l.e.drivers);
	free(l.e.late);
	free(text);
}

json_t *verdict_json(struct blk *disk, int fd, const struct part_list *parts,
		     unsigned mem_mb)
{
	struct hostboot_menu menu;
	struct look l = { .disk = disk, .parts = parts, .fd = fd,
			  .menu = &menu };
	struct settings settings;
	json_t *list = json_array();

	if (hostboot_menu(&menu, disk)) {
		err_clear();
		return list;
	}
	hostconf_read(&settings, fd, disk->sector);
	hostconf_vdev(&settings, l.e.vdev);
	l.e.table = parts->table != PART_NONE;
	for (uint32_t i = 0; i < menu.n_entries && i < VERDICT_ENTRIES; i++)
		add_entry(list, &l, i, mem_mb);
	free(menu.text);
	return list;
}
