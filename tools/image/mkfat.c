/*
 * FAT by mtools.  Files go through a scratch directory in batches, one batch a
 * directory, in the order they come: mcopy -s would take the host's order of
 * names.  FAT has no links and no devices: those are errors, not left out.
 */
#include "tools/image/mkfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/output.h"
#include "tools/proc.h"
#include "tools/report.h"

#define BATCH 64

struct fat {
	struct tree_sink sink;
	const char *scratch;
	char image[4096];	/* FILE@@OFFSET, as mtools write it */
	char source_date[48];
	char dir[4096];		/* where the batch goes, "::/" + directory */
	unsigned n;
	char *file[BATCH];	/* names in the scratch directory */
	char **made;		/* directories that exist */
	size_t n_made;
	uint64_t done, total;
};

static int run_mtool(const struct fat *x, const char *const *argv)
{
	/* The user's mtools settings must not change the image. */
	const char *env[] = { "MTOOLSRC=/dev/null", "MTOOLS_SKIP_CHECK=1",
			      "TZ=UTC", x->source_date, NULL };

	return proc_run(argv, env);
}

static int flush(struct fat *x)
{
	const char *argv[BATCH + 8] = { "mcopy", "-m", "-o", "-i", x->image };
	unsigned n = 5;
	int err = 0;

	for (unsigned i = 0; i < x->n; i++)
		argv[n++] = x->file[i];
	argv[n] = x->dir;
	if (x->n)
		err = run_mtool(x, argv);
	for (unsigned i = 0; i < x->n; i++) {
		unlink(x->file[i]);
		free(x->file[i]);
	}
	x->n = 0;
	return err;
}

static int make_dir(struct fat *x, const char *path)
{
	const char *argv[] = { "mmd", "-i", x->image, path, NULL };

	for (size_t i = 0; i < x->n_made; i++)
		if (!strcasecmp(x->made[i], path))
			return 0;
	x->made = realloc(x->made, (x->n_made + 1) * sizeof(*x->made));
	if (!x->made || !(x->made[x->n_made++] = strdup(path)))
		abort();
	return run_mtool(x, argv);
}

/* The directory of PATH becomes x->dir; made when it is missing. */
static int enter(struct fat *x, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];

	snprintf(dir, sizeof(dir), "::/%.*s", slash ? (int)(slash - path) : 0,
		 path);
	if (!strcmp(dir, x->dir))
		return x->n == BATCH ? flush(x) : 0;
	if (flush(x))
		return -1;
	for (char *p = dir + 3; slash && (p = strchr(p, '/')); p++) {
		*p = 0;
		if (make_dir(x, dir))
			return -1;
		*p = '/';
	}
	strcpy(x->dir, dir);
	return slash ? make_dir(x, dir) : 0;
}

/* One file into the scratch directory, with its time. */
static int stage(struct fat *x, const char *path, struct archive_entry *e,
		 struct tree_data *data)
{
	static uint8_t buf[1 << 20];
	struct timespec t[2] = { { .tv_sec = archive_entry_mtime(e) },
				 { .tv_sec = archive_entry_mtime(e) } };
	const char *slash = strrchr(path, '/');
	ssize_t n = 0;
	char *name;
	int fd, err = 0;

	if (asprintf(&name, "%s/%s", x->scratch, slash ? slash + 1 : path) < 0)
		abort();
	x->file[x->n++] = name;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return report_errno("%s", name);
	while (!err && (n = tree_read(data, buf, sizeof(buf))) > 0) {
		if (write(fd, buf, (size_t)n) != n)
			err = report_errno("%s", name);
		x->done += (uint64_t)n;
		report_progress("writing FAT", x->done, x->total);
	}
	futimens(fd, t);
	close(fd);
	return n < 0 ? -1 : err;
}

static int fat_add(struct tree_sink *sink, const char *path,
		   struct archive_entry *e, struct tree_data *data)
{
	struct fat *x = (struct fat *)sink;
	char below[4096];

	if (archive_entry_filetype(e) == AE_IFDIR) {
		snprintf(below, sizeof(below), "%s/", path);
		return path[0] ? enter(x, below) : 0;
	}
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e))
		return report_error("/%s: FAT cannot hold links or devices",
				    path);
	if (archive_entry_size(e) > UINT32_MAX)
		return report_error("/%s: FAT cannot hold 4 GiB in a file",
				    path);
	return enter(x, path) ? -1 : stage(x, path, e, data);
}

/* Sectors a cluster: large ones, but enough clusters for FAT32 to be FAT32. */
static unsigned cluster(const struct mkfs *m)
{
	unsigned c = 64;

	while (c > 1 && (c * m->sector > 32768 ||
			 m->size / m->sector / c < 68000))
		c /= 2;
	return c;
}

/*
 * mformat writes a partition table into the boot sector, whose one entry is
 * the file system itself: on a disk without partitions that would count.
 */
static int clear_entries(const struct mkfs *m)
{
	static const char none[64];
	int fd = open(m->image, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && pwrite(fd, none, sizeof(none),
				    (off_t)m->offset + 446) == sizeof(none);

	if (!ok)
		report_errno("%s", m->image);
	if (fd >= 0)
		close(fd);
	return ok ? 0 : -1;
}

static int format(const struct fat *x, const struct mkfs *m)
{
	char serial[12], sectors[24], hidden[24], bytes[12], per[12];
	/* Too small for FAT32: mformat chooses. */
	const char *fat32 = m->size / m->sector < 68000 ? "::" : "-F";
	const char *argv[] = {
		"mformat", "-i", x->image, "-T", sectors, "-H", hidden, "-N",
		serial, "-M", bytes, "-c", per, "-h", "255", "-s", "63", "-v",
		m->label ? m->label : "TWINBOOT", fat32,
		fat32[0] == '-' ? "::" : NULL, NULL
	};

	snprintf(serial, sizeof(serial), "%.8s", m->uuid);
	snprintf(sectors, sizeof(sectors), "%lu", m->size / m->sector);
	snprintf(hidden, sizeof(hidden), "%lu", m->offset / m->sector);
	snprintf(bytes, sizeof(bytes), "%u", m->sector);
	snprintf(per, sizeof(per), "%u", cluster(m));
	return run_mtool(x, argv) ? -1 : clear_entries(m);
}

int mkfat_write(const struct mkfs *m, const struct tree *t)
{
	struct fat x = { .sink = { fat_add }, .total = t->bytes };
	int err;

	if (m->fs == FS_FAT32 && m->sector == 512 && m->size < 34ull << 20)
		return report_error("FAT32 needs a partition of 34 MiB");
	x.scratch = output_scratch();
	if (!x.scratch)
		return -1;
	snprintf(x.image, sizeof(x.image), "%s@@%lu", m->image, m->offset);
	snprintf(x.source_date, sizeof(x.source_date), "SOURCE_DATE_EPOCH=%ld",
		 tree_time());
	strcpy(x.dir, "::/");
	err = format(&x, m);
	if (!err)
		err = tree_walk(t, &x.sink);
	if (!err)
		err = flush(&x);
	while (x.n_made)
		free(x.made[--x.n_made]);
	free(x.made);
	output_scratch_remove();
	return err;
}

uint64_t mkfat_need(const struct tree *t)
{
	uint64_t need = t->bytes + t->entries * 4096;

	need += need / 10 + (4 << 20);
	return need > 36ull << 20 ? need : 36ull << 20;
}
