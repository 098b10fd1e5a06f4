/*
 * mtools work on a scratch copy of the partition; what a step changes there is
 * what it writes to the disk.  Between "the new file is there" and "the old one
 * is gone" two directory entries change places, as they lie in the directory
 * (Microsoft, FAT: General Overview of On-Disk Format, 1.03, "FAT Directory
 * Structure").
 */
#include "tools/install/esp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/fs/fat.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/fs/mkfs.h"
#include "tools/install/difference.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define ESP_MAX (4ull << 30)	/* bytes of a partition that is copied */
#define ENTRY 32u
#define DELETED 0xe5
#define ENTRIES_LOOKED_AT 65536u

struct esp {
	struct writes *w;
	const struct recipe *r;
	uint64_t off, size;	/* of the partition */
	int old, new;		/* scratch copies: as written so far; changed */
	char name[32];		/* of the latter */
	bool full;
};

/* One of our programs, where it goes. */
struct program {
	const char *file;	/* in the boot directory */
	const char *dir;	/* "EFI/BOOT" */
	const char *name, *temp;	/* as in a path */
	const char *raw, *raw_temp;	/* as in a directory, 11 bytes */
};

static const struct program programs[] = {
	{ "hv.efi", "EFI/twinboot", "hv.efi", "TWINHV.NEW",
	  "HV      EFI", "TWINHV  NEW" },
	{ "twinboot.efi", "EFI/BOOT", "BOOTX64.EFI", "TWINX64.NEW",
	  "BOOTX64 EFI", "TWINX64 NEW" },
};

/* What the scratch copy has changed is the next step. */
static int step(struct esp *e, const char *what)
{
	writes_step(e->w);
	return difference_add(e->w, e->old, e->new, e->size, e->off, what);
}

/* ---- directories ---- */

/* Call LOOK with each raw entry of DIR and where it lies, until it is true. */
static bool walk(struct esp *e, const char *dir,
		 bool (*look)(void *ctx, const uint8_t *entry, uint64_t at),
		 void *ctx)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct hostdisk disk;
	struct file f;
	struct fs fs;
	char path[64];
	bool done = false, end = false;

	snprintf(path, sizeof(path), "/%s", dir);
	err_clear();
	if (hostdisk_attach(&disk, "esp", e->new, 512) ||
	    fs_mount(&fs, &disk.blk, &arena) || strcmp(fs.driver->name, "fat")
	    || fs_open(&fs, path, &f) || !f.is_dir) {
		err_clear();
		return false;
	}
	for (uint64_t n = 0; n < ENTRIES_LOOKED_AT && !done && !end; n++) {
		uint8_t raw[ENTRY];
		struct extent run;

		if (fat_map_run(fs.priv, f.priv, n * ENTRY, &run, &end) ||
		    (!end && blk_pread(&disk.blk, run.disk, ENTRY, raw)))
			break;
		if (!end)
			done = look(ctx, raw, run.disk);
		end |= !raw[0];
	}
	err_clear();
	return done;
}

struct found {
	const char *raw_name;
	uint64_t at;
	uint8_t entry[ENTRY];
};

static bool is_named(void *ctx, const uint8_t *entry, uint64_t at)
{
	struct found *f = ctx;

	if (memcmp(entry, f->raw_name, 11) || (entry[11] & 0x08))
		return false;
	f->at = at;
	memcpy(f->entry, entry, ENTRY);
	return true;
}

static bool find(struct esp *e, const char *dir, const char *raw,
		 struct found *f)
{
	*f = (struct found){ .raw_name = raw };
	return walk(e, dir, is_named, f);
}

static int put_entry(struct esp *e, const struct found *f)
{
	if (!tempfile_write(e->new, f->at, f->entry, ENTRY))
		return 0;
	return report_errno("a scratch file");
}

/* Times, first cluster and size change their places; names stay. */
static void exchange(struct found *a, struct found *b)
{
	for (unsigned i = 13; i < ENTRY; i++) {
		uint8_t byte = a->entry[i];

		a->entry[i] = b->entry[i];
		b->entry[i] = byte;
	}
}

static bool same_clusters(const struct found *a, const struct found *b)
{
	return !memcmp(a->entry + 20, b->entry + 20, 2) &&
	       !memcmp(a->entry + 26, b->entry + 26, 2);
}

/* ---- files ---- */

static int mtool(struct esp *e, const char *tool, const char *a, const char *b)
{
	const char *argv[] = { tool, "-i", e->name, a, b, NULL };

	return mkfat_mtool(e->r->output, argv);
}

static bool is_there(struct esp *e, const char *dir, const char *raw)
{
	struct found f;

	return find(e, dir, raw, &f);
}

static bool any(void *ctx, const uint8_t *entry, uint64_t at)
{
	return true;
}

static int make_dirs(struct esp *e, const struct program *p)
{
	char path[64];

	if (!walk(e, "EFI", any, NULL) && mtool(e, "mmd", "::/EFI", NULL))
		return -1;
	snprintf(path, sizeof(path), "::/%s", p->dir);
	return walk(e, p->dir, any, NULL) ? 0 : mtool(e, "mmd", path, NULL);
}

/* What an earlier attempt left, whose clusters may be the program's by now. */
static int drop_temp(struct esp *e, const struct program *p)
{
	struct found temp, name;
	char path[96];

	if (!find(e, p->dir, p->raw_temp, &temp))
		return 0;
	if (find(e, p->dir, p->raw, &name) && same_clusters(&temp, &name)) {
		temp.entry[0] = DELETED;
		return put_entry(e, &temp);
	}
	snprintf(path, sizeof(path), "::/%s/%s", p->dir, p->temp);
	return mtool(e, "mdel", path, NULL);
}

/* Whether P is on the partition as FILE is. */
static bool is_same(struct esp *e, const struct program *p, const char *file)
{
	static uint8_t room[1 << 20], a[4096], b[4096];
	struct arena arena = { room, sizeof(room), 0 };
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct hostdisk disk;
	struct stat st;
	struct file f;
	struct fs fs;
	char path[64];
	bool same;

	snprintf(path, sizeof(path), "/%s/%s", p->dir, p->name);
	same = fd >= 0 && !fstat(fd, &st) &&
	       !hostdisk_attach(&disk, "esp", e->new, 512) &&
	       !fs_mount(&fs, &disk.blk, &arena) && !fs_open(&fs, path, &f) &&
	       f.size == (uint64_t)st.st_size;
	for (uint64_t at = 0; same && at < f.size; at += sizeof(a)) {
		size_t n = f.size - at < sizeof(a) ? f.size - at : sizeof(a);

		same = !fs_read(&f, at, n, a) &&
		       pread(fd, b, n, (off_t)at) == (ssize_t)n &&
		       !memcmp(a, b, n);
	}
	if (fd >= 0)
		close(fd);
	err_clear();
	return same;
}

/* FILE beside where it will be. */
static int put_new(struct esp *e, const struct program *p, const char *file)
{
	char path[96];

	snprintf(path, sizeof(path), "::/%s/%s", p->dir, p->temp);
	if (make_dirs(e, p) || drop_temp(e, p))
		return -1;
	e->full = mtool(e, "mcopy", file, path);
	return e->full ? -1 : 0;
}

/* What lies under P's temporary name gets its own, in one sector. */
static int name_new(struct esp *e, const struct program *p)
{
	struct found temp, name;

	if (!find(e, p->dir, p->raw_temp, &temp))
		return report_error("the new %s is not where it was put",
				    p->name);
	if (!find(e, p->dir, p->raw, &name)) {
		memcpy(temp.entry, p->raw, 11);
		return put_entry(e, &temp) || step(e, p->file) ? -1 : 0;
	}
	exchange(&temp, &name);
	if (put_entry(e, &name))
		return -1;
	/* In one sector both change at once. */
	if (temp.at / 512 != name.at / 512 && step(e, p->file))
		return -1;
	return put_entry(e, &temp) || step(e, p->file) ? -1 : 0;
}

#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static int plan(struct esp *e)
{
	char *file[PROGRAMS] = { NULL };
	int err = 0;

	for (size_t i = 0; i < PROGRAMS; i++) {
		file[i] = boot_install_find(e->r, programs[i].file);
		if (file[i] && is_same(e, &programs[i], file[i])) {
			free(file[i]);
			file[i] = NULL;
		}
		if (!err && file[i])
			err = put_new(e, &programs[i], file[i]);
	}
	if (!err)
		err = step(e, "new files on the ESP");
	for (size_t i = 0; !err && i < PROGRAMS; i++)
		if (file[i])
			err = name_new(e, &programs[i]);
	for (size_t i = 0; !err && i < PROGRAMS; i++)
		if (file[i] && is_there(e, programs[i].dir,
					programs[i].raw_temp))
			err = drop_temp(e, &programs[i]);
	if (!err)
		err = step(e, "old files on the ESP");
	for (size_t i = 0; i < PROGRAMS; i++)
		free(file[i]);
	return err;
}

int esp_plan(struct writes *w, const struct recipe *r, int fd, uint64_t off,
	     uint64_t size, char why[160])
{
	struct esp e = { .w = w, .r = r, .off = off, .size = size,
			 .old = -1, .new = -1 };
	int err = -1;

	if (size > ESP_MAX || size % 512) {
		snprintf(why, 160, "the EFI system partition is larger than "
			 "4 GiB");
		return 1;
	}
	e.old = tempfile_open(NULL);
	e.new = e.old < 0 ? -1 : tempfile_open(NULL);
	if (e.new >= 0 && !difference_copy(fd, off, size, e.old) &&
	    !difference_copy(fd, off, size, e.new)) {
		tempfile_name(e.new, e.name);
		if (!walk(&e, "", any, NULL)) {
			snprintf(why, 160, "the EFI system partition has no "
				 "FAT file system");
			err = 1;
		} else {
			err = plan(&e);
		}
	}
	if (e.old >= 0)
		close(e.old);
	if (e.new >= 0)
		close(e.new);
	return err;
}
