/*
 * FAT by mtools.  Files go through a scratch directory in batches, one batch a
 * directory, in the tree's order: mcopy -s would take the host's.
 */
#include "tools/image/fs/mkfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/image/fs/fat_names.h"
#include "tools/image/tree/data.h"
#include "tools/output.h"
#include "tools/proc.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define BATCH 64
#define LAST_TIME 4354819199	/* 2107-12-31 */

struct fat {
	struct tree_visitor visitor;
	const char *scratch, *name;
	char image[4096];	/* FILE@@OFFSET, as mtools write it */
	char dir[4096];		/* where the batch goes, "::/" + directory */
	unsigned n;
	char *file[BATCH];	/* names in the scratch directory */
	char **made;		/* directories that exist */
	size_t n_made;
	uint64_t done, total;
};

int mkfat_mtool(const char *name, const char *const *argv)
{
	char date[48], what[4400];
	/* The user's mtools settings must not change the image. */
	const char *env[] = { "MTOOLSRC=/dev/null", "MTOOLS_SKIP_CHECK=1",
			      "MTOOLS_NAME_NUMERIC_TAIL=1", "MTOOLS_NO_VFAT=0",
			      "MTOOLS_LOWER_CASE=0", "MTOOLS_DOTTED_DIR=0",
			      "MTOOLS_FAT_COMPATIBILITY=0", "TZ=UTC",
			      "LC_ALL=C.UTF-8", date, NULL };

	snprintf(date, sizeof(date), "SOURCE_DATE_EPOCH=%ld", filetree_time());
	snprintf(what, sizeof(what), "%s: its FAT file system cannot be "
		 "written", name);
	return proc_run(what, argv, env);
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
		err = mkfat_mtool(x->name, argv);
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
	return mkfat_mtool(x->name, argv);
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

static int copy_out(struct fat *x, const struct tree_node *n, int fd,
		    const char *name, const char *path)
{
	static uint8_t buf[1 << 20];
	struct data_reader r;
	ssize_t got;
	int err = 0;

	if (data_open(&r, n, path))
		return -1;
	while (!err && (got = data_read_whole(&r, buf, sizeof(buf))) > 0) {
		ssize_t put = write(fd, buf, (size_t)got);

		if (put >= 0 && put != got)
			errno = ENOSPC;
		if (put != got)
			err = report_errno("%s", name);
		x->done += (uint64_t)got;
		progress_say("writing FAT", x->done, x->total);
	}
	data_close(&r);
	return err || got < 0 ? -1 : 0;
}

/* One file into the scratch directory, with its time. */
static int stage(struct fat *x, const struct tree_node *n, const char *path)
{
	struct timespec t[2] = { n->mtime, n->mtime };
	const char *slash = strrchr(path, '/');
	char *name;
	int fd, err;

	if (t[0].tv_sec < FAT_FIRST_TIME)
		t[0] = t[1] = (struct timespec){ .tv_sec = FAT_FIRST_TIME };
	if (t[0].tv_sec > LAST_TIME)
		return report_error("/%s: FAT cannot hold its time, after 2107",
				    path);
	if (asprintf(&name, "%s/%s", x->scratch, slash ? slash + 1 : path) < 0)
		abort();
	x->file[x->n++] = name;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return report_errno("%s", name);
	err = copy_out(x, n, fd, name, path);
	futimens(fd, t);
	close(fd);
	return err;
}

static int visit(struct tree_visitor *v, struct tree_node *n, const char *path)
{
	struct fat *x = (struct fat *)v;
	char below[TREE_PATH_MAX];

	if (!S_ISDIR(n->mode))
		return enter(x, path) ? -1 : stage(x, n, path);
	snprintf(below, sizeof(below), "%s/", path);
	return path[0] ? enter(x, below) : 0;
}

/* Entries of a directory that a name takes, at most. */
static uint32_t slots(const struct tree_name *x)
{
	return 2 + x->len / 13u;
}

struct longest {
	struct tree_visitor visitor;
	uint32_t slots;
};

static int see_names(struct tree_visitor *v, struct tree_node *n,
		     const char *path)
{
	struct longest *l = (struct longest *)v;

	for (uint32_t i = 0; S_ISDIR(n->mode) && i < n->dir.n; i++)
		if (slots(n->dir.sorted[i]) > l->slots)
			l->slots = slots(n->dir.sorted[i]);
	return 0;
}

/*
 * Sectors a cluster, at least: mtools lets a directory grow by one cluster
 * (4.0.32: else "No directory slots"), so the longest name has to fit into it.
 */
static unsigned least_cluster(const struct mkfs *m, const struct tree *t)
{
	struct longest l = { { see_names }, 0 };

	filetree_walk(t, &l.visitor);
	return l.slots * 32 > m->sector ? 2 : 1;
}

/* Sectors a cluster: large ones, but enough clusters for FAT32 to be FAT32. */
static unsigned cluster(const struct mkfs *m, unsigned least)
{
	unsigned c = 64;

	while (c > least && (c * m->sector > 32768 ||
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
		report_errno("%s", m->name);
	if (fd >= 0)
		close(fd);
	return ok ? 0 : -1;
}

static int format(const struct fat *x, const struct mkfs *m,
		  const struct tree *t)
{
	char serial[12], sectors[24], hidden[24], bytes[12], per[12], root[24];
	/* Too small for FAT32: mformat chooses. */
	const char *fat32 = m->size / m->sector < 68000 ? "::" : "-F";
	const char *argv[] = {
		"mformat", "-i", x->image, "-T", sectors, "-r", root, "-H",
		hidden, "-N", serial, "-M", bytes, "-c", per, "-h", "255",
		"-s", "63", "-v", m->label ? m->label : "TWINBOOT", fat32,
		fat32[0] == '-' ? "::" : NULL, NULL
	};
	uint64_t names = 1;	/* the label */

	/* FAT12 and FAT16 have a root directory that does not grow. */
	for (uint32_t i = 0; i < t->root->dir.n; i++)
		names += slots(t->root->dir.sorted[i]);
	if (names < 512)
		names = 512;
	if (fat32[0] != '-' && names > 0xfff0)
		return report_error("/: more names than FAT16's root "
				    "directory holds");
	snprintf(root, sizeof(root), "%lu",
		 (names * 32 + m->sector - 1) / m->sector);
	snprintf(serial, sizeof(serial), "%.8s", m->uuid);
	snprintf(sectors, sizeof(sectors), "%lu", m->size / m->sector);
	snprintf(hidden, sizeof(hidden), "%lu", m->offset / m->sector);
	snprintf(bytes, sizeof(bytes), "%u", m->sector);
	snprintf(per, sizeof(per), "%u", cluster(m, least_cluster(m, t)));
	return mkfat_mtool(m->name, argv) ? -1 : clear_entries(m);
}

/* Two tables of 4 bytes a cluster, and the files. */
static int check_room(const struct mkfs *m, uint64_t files)
{
	uint64_t clusters = m->size / m->sector / cluster(m, 1);
	int fd = open(m->image, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return report_errno("%s", m->name);
	err = tempfile_room(fd, files + 8 * clusters, m->name, "FAT");
	close(fd);
	return err;
}

int mkfat_write(const struct mkfs *m, const struct tree *t)
{
	struct fat x = { .visitor = { visit }, .name = m->name,
			 .total = data_total(t) };
	int err;

	if (m->size / m->sector > UINT32_MAX)
		return report_error("FAT holds no more than 2^32 sectors");
	if (m->fs == FS_FAT32 && m->sector == 512 && m->size < 34ull << 20)
		return report_error("FAT32 needs a partition of 34 MiB");
	/* mtools would not say that it is this. */
	if (check_room(m, x.total))
		return -1;
	x.scratch = output_scratch();
	if (!x.scratch)
		return -1;
	snprintf(x.image, sizeof(x.image), "%s@@%lu", m->image, m->offset);
	strcpy(x.dir, "::/");
	err = format(&x, m, t);
	if (!err)
		err = filetree_walk(t, &x.visitor);
	if (!err)
		err = flush(&x);
	while (x.n_made)
		free(x.made[--x.n_made]);
	free(x.made);
	output_scratch_remove();
	return err;
}

/* ---- how large ---- */

struct need {
	struct tree_visitor visitor;
	uint64_t bytes, cluster;
};

static int add_need(struct tree_visitor *v, struct tree_node *n,
		    const char *path)
{
	struct need *need = (struct need *)v;
	uint64_t bytes = n->size;

	/* 32 bytes a name, and 32 more for each 13 characters of a long one. */
	if (S_ISDIR(n->mode)) {
		bytes = 64;
		for (uint32_t i = 0; i < n->dir.n; i++)
			bytes += 64 + 32ull * (n->dir.sorted[i]->len / 13);
	}
	need->bytes += (bytes + need->cluster - 1) & -need->cluster;
	return 0;
}

/* Larger clusters waste more, but make fewer of them: the first that fit. */
uint64_t mkfat_need(const struct mkfs *m, const struct tree *t)
{
	uint64_t least = 36ull << 20;
	struct need n = { { add_need }, 0, m->sector };
	struct mkfs made = *m;
	unsigned least_c;

	if (fat_names_check(t))
		return 0;
	least_c = least_cluster(m, t);
	n.cluster *= least_c;
	if (least_c > 1 && least < 68000ull * n.cluster + (1 << 20))
		least = 68000ull * n.cluster + (1 << 20);
	for (; n.cluster <= 32768; n.cluster *= 2) {
		n.bytes = 0;
		filetree_walk(t, &n.visitor);
		/* Two tables of 4 bytes a cluster, and what is before them. */
		made.size = n.bytes + n.bytes / n.cluster * 8 + (1 << 20);
		if (made.size < least)
			made.size = least;
		if (cluster(&made, least_c) * m->sector <= n.cluster)
			break;
	}
	return made.size;
}
