/*
 * GRUB's block lists: "[FIRST]+COUNT[,FIRST+COUNT]...", in sectors of a disk or
 * partition.  A file system whose one file is that.
 */
#include "loader/fs/blocklist.h"

#include "loader/base/err.h"
#include "loader/base/number.h"

struct run {
	uint64_t first, count;	/* sectors */
};

struct blocklist {
	struct fs fs;
	struct run run[BLOCKLIST_MAX];
};

bool blocklist_is(const char *name)
{
	return *name == '+' || (*name >= '0' && *name <= '9');
}

static int map(struct file *f, uint64_t off, struct extent *out)
{
	const struct blocklist *l = f->priv;
	const struct run *run = l->run;
	uint32_t sector = f->fs->blk->sector;

	while (off >= run->count * sector)
		off -= run++->count * sector;
	*out = (struct extent){ .kind = EXTENT_DISK,
		.len = run->count * sector - off,
		.disk = run->first * sector + off };
	return 0;
}

static const struct fs_driver driver = { .name = "blocklist", .map = map };

/* One run at *S. */
static int take_run(const struct blk *disk, const char **s, struct run *run)
{
	int err = 0;

	run->first = 0;
	if (**s != '+')
		err = number_take(s, NULL, 10, UINT64_MAX, &run->first);
	if (err || *(*s)++ != '+' ||
	    number_take(s, NULL, 10, UINT64_MAX, &run->count) || !run->count)
		return ERR_FILENAME;
	return run->first > disk->count ||
	       run->count > disk->count - run->first ? ERR_OUTSIDE_PARTITION :
	       0;
}

int blocklist_open(struct blk *disk, const char *list, struct arena *arena,
		   struct file *out)
{
	struct blocklist *l = arena_alloc(arena, sizeof(*l));
	const char *s = list;
	uint64_t sectors = 0;

	if (!l)
		return ERR_NO_MEMORY;
	l->fs = (struct fs){ .driver = &driver, .blk = disk, .arena = arena };
	for (unsigned n = 0; !n || *s++ == ','; n++) {
		int err = n == BLOCKLIST_MAX ? ERR_FILENAME :
			  take_run(disk, &s, &l->run[n]);

		if (!err && l->run[n].count > disk->count - sectors)
			err = ERR_OUTSIDE_PARTITION;
		if (err) {
			err_clear();
			return fail(err, "%s", list);
		}
		sectors += l->run[n].count;
	}
	if (s[-1])
		return fail(ERR_FILENAME, "%s", list);
	*out = (struct file){ .fs = &l->fs, .size = sectors * disk->sector,
			      .priv = l };
	return 0;
}
