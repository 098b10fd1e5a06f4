/*
 * Reading an image's promise: the loader runs on the host, up to the last step,
 * and what it would start is looked at.
 */
#include "tools/host/expected.h"

#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/boot/hostconf.h"
#include "tools/host/disk/bootcode.h"
#include "tools/host/disk/eltorito.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/disk/rootdev.h"
#include "tools/host/drivers/modules.h"
#include "tools/host/probekernel.h"
#include "tools/report.h"
#include "tools/text.h"

struct look {
	struct expected *p;
	struct modules modules;
	const struct part_list *parts;
	int fd;
};

/* ALONE: of several only the kernel knows the sum. */
static void look_at_initrd(struct look *l, const struct piece *piece,
			   bool alone)
{
	char *data = hostboot_slurp(piece->file);
	char hex[SHA256_DIGEST_STRING_LENGTH];
	size_t size = piece->file->size;

	if (!data)
		return;
	if (alone) {
		SHA256Data((const uint8_t *)data, size, hex);
		l->p->initrd_sha256 = strdup(hex);
	}
	if (!l->p->initrd_why[0])
		modules_in_initrd(&l->modules, data, size, l->p->initrd_why);
	free(data);
}

static void look_at_kernel(struct look *l, struct file *file)
{
	char release[80];

	modules_release(file, release);
	l->p->release = release[0] ? strdup(release) : NULL;
	l->p->probe_kernel = probekernel_is(file);
}

static void look_at_handover(void *ctx, const struct handover *ho)
{
	struct look *l = ctx;
	const struct piece *kernel = NULL;
	unsigned n = 0;

	l->p->direct = !strcmp(ho->format, linux_format.name);
	l->p->cmdline = text_utf8(ho->cmdline ? ho->cmdline : "");
	l->p->root_part = rootdev_find(ho->cmdline ? ho->cmdline : "", l->fd,
				       l->parts, l->p->sector);
	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		if (p->role == PIECE_KERNEL && p->file && !kernel)
			kernel = p;
		n += p->role == PIECE_INITRD && p->file;
	}
	if (kernel) {
		modules_in_root(&l->modules, ho->from->kernel.fs);
		look_at_kernel(l, kernel->file);
	}
	for (unsigned i = 0; i < ho->n; i++)
		if (ho->piece[i].role == PIECE_INITRD &&
		    ho->piece[i].file)
			look_at_initrd(l, &ho->piece[i], n == 1);
	l->p->probe_init = l->modules.has_probe;
}

/* The boot record that the loader has just written. */
static json_t *find_record(const struct hostboot *hb)
{
	const char *at = strstr(hb->console, "TWINBOOT {");

	return at ? json_loads(at + strlen("TWINBOOT "),
			       JSON_DISABLE_EOF_CHECK, NULL) : NULL;
}

/* Whether other readers of menu.lst may take another entry for the default. */
static void look_at_menu(struct expected *p, struct blk *disk)
{
	struct hostboot_menu menu;

	if (!hostboot_menu(&menu, disk)) {
		if (menu.n_entries != menu.n_pvgrub)
			snprintf(p->menu_why, sizeof(p->menu_why), "menu.lst "
				 "has %u entries for GRUB 0.97, %u for "
				 "PV-GRUB", menu.n_entries, menu.n_pvgrub);
		else if (menu.n_dropped)
			snprintf(p->menu_why, sizeof(p->menu_why), "menu.lst "
				 "has titles without commands, which GRUB 0.97 "
				 "does not count and other readers do");
		free(menu.text);
	}
	err_clear();
}

/* Whether PATH starts the default entry. */
static bool starts_by(const struct expected *p, struct blk *disk,
		      const struct hostboot_path *path, char why[256],
		      bool *hv)
{
	static struct hostboot hb;
	const char *format = NULL;

	hb = (struct hostboot){ .mem_mb = p->mem_mb };
	hostboot_run(&hb, disk, path);
	snprintf(why, 256, "%s", hb.why);
	if (hb.ok)
		json_unpack(hb.handover, "{ss}", "format", &format);
	*hv = format && !strcmp(format, "hv");
	hostboot_release(&hb);
	return hb.ok;
}

/*
 * What starts somehow, but not on the way that our own boot code goes, is not
 * there on that way.  (What starts nowhere is a failure, and will be seen.)
 */
static void look_at_ways(struct expected *p, struct blk *disk)
{
	if (p->starts && p->bios == CARRIED_OURS)
		starts_by(p, disk, &hostboot_paths[PATH_BIOS], p->bios_refuses,
			  &p->bios_hv);
	if (p->starts && p->uefi == CARRIED_OURS)
		starts_by(p, disk, &hostboot_paths[PATH_UEFI], p->uefi_refuses,
			  &p->uefi_hv);
}

static void look_at_disk(struct expected *p, struct blk *disk, int fd)
{
	static struct part_list parts;
	static struct hostboot hb;
	struct look l = { .p = p, .parts = &parts, .fd = fd };
	struct eltorito cd;
	bool hv;

	if (part_read(disk, &parts))
		parts.n = 0;
	err_clear();
	p->partitions = parts.table != PART_NONE;
	cd = eltorito_read(disk);
	p->cd = cd.bios || cd.uefi;
	p->bios = bootcode_bios(disk, p->bios_why, &p->no_second);
	p->uefi = bootcode_uefi(disk, &parts, p->uefi_why, &p->uefi_signed);
	modules_open(&l.modules);
	hb = (struct hostboot){ .look = look_at_handover, .ctx = &l,
				.mem_mb = p->mem_mb };
	hostboot_run(&hb, disk, &hostboot_any);
	p->modules = modules_close(&l.modules);
	p->record = find_record(&hb);
	look_at_menu(p, disk);
	snprintf(p->why, sizeof(p->why), "%s", !hb.ok ? hb.why :
		 p->direct ? "" : "its default entry starts no Linux kernel");
	p->starts = hb.ok;
	snprintf(p->remark, sizeof(p->remark), "%s", hb.remark);
	hostboot_release(&hb);
	p->pv = starts_by(p, disk, &hostboot_paths[PATH_PV], p->pv_why,
			  &hv);
	look_at_ways(p, disk);
}

int expected_read(struct expected *p, const char *image, int fd,
		  unsigned mem_mb)
{
	struct settings settings;
	struct hostdisk disk;

	*p = (struct expected){ .root_part = ROOTDEV_UNKNOWN,
				.mem_mb = mem_mb };
	p->sector = hostdisk_sector(fd);
	hostconf_read(&settings, fd, p->sector);
	hostconf_vdev(&settings, p->vdev);
	hostconf_card(&settings, p->card);
	if (hostdisk_attach(&disk, "hd0", fd, p->sector) || !disk.blk.count)
		return report_error("%s: not a disk image", image);
	look_at_disk(p, &disk.blk, fd);
	if (p->remark[0])
		report_note("%s: %s", image, p->remark);
	return 0;
}

void expected_release(struct expected *p)
{
	json_decref(p->record);
	free(p->release);
	free(p->cmdline);
	free(p->initrd_sha256);
	free(p->modules);
	*p = (struct expected){ 0 };
}

bool expected_has_driver(const struct expected *p, const char *const *names)
{
	char line[64];

	if (!p->modules || !names[0])
		return true;
	for (; *names; names++) {
		snprintf(line, sizeof(line), "\n%s\n", *names);
		if (strstr(p->modules, line))
			return true;
	}
	return false;
}
