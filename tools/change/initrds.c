/*
 * Finding initrds.  What menu.lst loads the loader itself says; for images of
 * other boot loaders names and places are all there is: Debian's, Fedora's and
 * SUSE's /boot, and the Boot Loader Specification's type 1, whose files lie in
 * a folder named by a machine id or a token, and below that by the version.
 */
#include "tools/change/initrds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/part.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/drivers/modules.h"
#include "tools/report.h"

#define FILE_LIMIT (256u << 20)	/* bytes of an initrd that are read at most */
#define NAMES_MAX 512		/* files and directories that may matter */
#define LOOKED_INTO 2		/* initrds, to see whether they report */
#define DEPTH_MAX 2		/* directories below the first */

/* ---- with a menu.lst ---- */

/* A format may have loaded a copy of the entry. */
static bool same_file(const struct file *a, const struct file *b)
{
	return a->fs == b->fs && a->priv == b->priv;
}

static void look_at_handover(void *ctx, const struct handover *ho)
{
	struct initrds *list = ctx;
	const struct boot_entry *e = ho->from;

	for (unsigned i = 0; i < ho->n; i++) {
		if (ho->piece[i].role != PIECE_INITRD || !ho->piece[i].len)
			continue;
		for (unsigned k = 0; k < e->n_modules; k++)
			if (same_file(ho->piece[i].file,
				      &e->module[k].file)) {
				hostboot_place(&list->at[0],
					       &e->module[k].file,
					       e->module[k].path);
				list->n = 1;
			}
	}
}

static void find_by_menu(struct initrds *list, struct blk *disk)
{
	static struct hostboot hb;

	hb = (struct hostboot){ .look = look_at_handover, .ctx = list };
	hostboot_run(&hb, disk, &hostboot_any);
	list->none = hb.ok ? "the entry loads no initrd, which the probe would "
		"go into" : NULL;
	hostboot_release(&hb);
}

/* ---- by name ---- */

/* Directories to look into and files found, in the order they are met. */
struct walk {
	bool fat;
	unsigned n, at;
	struct {
		char path[512];
		unsigned depth;
		bool is_dir;
	} e[NAMES_MAX];
};

static bool is_machine_id(const char *name)
{
	return strlen(name) == 32 &&
	       strspn(name, "0123456789abcdefABCDEF") == 32;
}

static bool is_wanted(const struct walk *w, const struct fs_dirent *e)
{
	unsigned depth = w->e[w->at].depth;

	if (e->name[0] == '.')
		return false;
	if (e->is_dir)
		return depth < DEPTH_MAX &&
		       (w->fat || depth || is_machine_id(e->name));
	return !strncasecmp(e->name, "initrd", 6) ||
	       !strncasecmp(e->name, "initramfs", 9);
}

static int keep_name(void *ctx, const struct fs_dirent *e)
{
	struct walk *w = ctx;
	char path[sizeof(w->e[0].path)];

	if (w->n < NAMES_MAX && is_wanted(w, e) &&
	    snprintf(path, sizeof(path), "%s/%s", w->e[w->at].path, e->name) <
	    (int)sizeof(path)) {
		strcpy(w->e[w->n].path, path);
		w->e[w->n].is_dir = e->is_dir;
		w->e[w->n++].depth = w->e[w->at].depth + 1;
	}
	return 0;
}

/* Links make one file appear under several names. */
static void add_file(struct initrds *list, struct fs *fs, const char *path)
{
	struct hostboot_place *at = &list->at[list->n];
	struct file f;
	struct extent run;

	if (list->n == INITRDS_MAX || fs_open(fs, path, &f) || f.is_dir ||
	    !f.size || fs->driver->map(&f, 0, &run) || run.kind != EXTENT_DISK)
		return;
	hostboot_place(at, &f, path);
	for (unsigned i = 0; i < list->n; i++)
		if (list->first[i] == at->offset + run.disk)
			return;
	list->first[list->n++] = at->offset + run.disk;
}

static void walk_fs(struct initrds *list, struct walk *w, struct fs *fs)
{
	struct file dir;

	for (w->at = 0; w->at < w->n; w->at++) {
		const char *path = w->e[w->at].path;

		err_clear();
		if (!w->e[w->at].is_dir)
			add_file(list, fs, path);
		else if (!fs_open(fs, path[0] ? path : "/", &dir) && dir.is_dir)
			fs_list(&dir, keep_name, w);
	}
}

static void look_in_fs(struct initrds *list, struct blk *blk)
{
	static uint8_t room[16 << 20];
	static struct walk w;
	struct arena arena = { room, sizeof(room), 0 };
	struct fs fs;

	if (!fs_mount(&fs, blk, &arena)) {
		w.fat = !strcmp(fs.driver->name, "fat");
		w.n = w.fat ? 1 : 2;
		for (unsigned i = 0; i < w.n; i++) {
			strcpy(w.e[i].path, i ? "/boot" : "");
			w.e[i].is_dir = true;
			w.e[i].depth = 0;
		}
		walk_fs(list, &w, &fs);
	}
	err_clear();
}

static void find_by_name(struct initrds *list, struct blk *disk)
{
	static struct part_list parts;
	struct part_blk part;

	list->none = "there is no initrd file that the probe could go into "
		     "(a unified kernel image has it inside)";
	if (part_read(disk, &parts))
		parts.n = 0;
	err_clear();
	if (!parts.n)
		look_in_fs(list, disk);
	for (unsigned i = 0; i < parts.n; i++)
		if (!part_open(disk, &parts, parts.part[i].number, &part))
			look_in_fs(list, &part.blk);
	err_clear();
}

void initrds_find(struct initrds *list, struct blk *disk)
{
	struct hostboot_menu menu;

	list->n = 0;
	if (hostboot_menu(&menu, disk)) {
		find_by_name(list, disk);
		return;
	}
	free(menu.text);
	find_by_menu(list, disk);
}

/* ---- appending ---- */

/* The file AT in memory with room for MORE bytes; NULL: err_text() says why. */
static char *read_file(const struct imagecopy *c,
		       const struct hostboot_place *at, size_t more,
		       size_t *len)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct hostdisk disk;
	struct file f;
	struct fs fs;
	char *buf;

	err_clear();
	if (hostdisk_attach(&disk, "hd0", c->fd, hostdisk_sector(c->fd)))
		return NULL;
	disk.offset = at->offset;
	if (fs_mount(&fs, &disk.blk, &arena) || fs_open(&fs, at->path, &f))
		return NULL;
	if (f.size > FILE_LIMIT || !(buf = malloc(f.size + more))) {
		fail(ERR_NO_MEMORY, "%lu bytes", f.size);
		return NULL;
	}
	*len = f.size;
	if (!fs_read(&f, 0, f.size, buf))
		return buf;
	free(buf);
	return NULL;
}

/*
 * An archive begins at a multiple of 4.  The kernel's LZ4 reader knows the end
 * of its stream only by a word of zeroes, so there is always one.
 */
int initrds_append(const struct imagecopy *c, const struct hostboot_place *at,
		   const void *cpio, size_t len)
{
	size_t old, start;
	char *buf = read_file(c, at, len + 8, &old);
	int err;

	if (!buf)
		return report_error("%s: %s: %s", c->image, at->path,
				    err_text());
	start = ((old + 3) & ~(size_t)3) + 4;
	memset(buf + old, 0, start - old);
	memcpy(buf + start, cpio, len);
	err = imagecopy_replace(c, at, buf, start + len);
	free(buf);
	return err;
}

/* ---- looking into one ---- */

static bool reports(const struct imagecopy *c, const struct hostboot_place *at)
{
	struct modules names;
	char why[128];
	size_t len = 0;
	char *data = read_file(c, at, 0, &len);
	bool found;

	err_clear();
	if (!data)
		return false;
	modules_open(&names);
	modules_in_initrd(&names, data, len, why);
	found = names.has_probe;
	free(modules_close(&names));
	free(data);
	return found;
}

bool initrds_report(const char *image, int fd)
{
	static struct initrds list;
	struct imagecopy it = { .image = image, .fd = fd };
	struct hostdisk disk;

	list.n = 0;
	err_clear();
	if (!hostdisk_attach(&disk, "hd0", fd, hostdisk_sector(fd)))
		find_by_name(&list, &disk.blk);
	for (unsigned i = 0; i < list.n && i < LOOKED_INTO; i++)
		if (reports(&it, &list.at[i]))
			return true;
	return false;
}
