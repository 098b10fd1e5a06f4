/*
 * What is refused here is refused before anything is written.  A table that we
 * would have to guess at is one, and so is a file system that ends beyond what
 * there is of it.
 */
#include "tools/adopt/old.h"

#include <ext2fs/ext2_fs.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/span.h"
#include "tools/adopt/chosen.h"
#include "tools/adopt/guestdev.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/contents.h"
#include "tools/host/disk/rootdev.h"
#include "tools/report.h"

bool old_is_data(const struct old *o, const struct part *p)
{
	return o->parts.table == PART_GPT || (p->mbr_type != 0x05 &&
	       p->mbr_type != 0x0f && p->mbr_type != 0x85);
}

static int refuse(const struct old *o, const char *why)
{
	return report_error("%s: %s", o->image->path, why);
}

/* P and Q share a sector, and both hold data. */
static bool overlap(const struct old *o, const struct part *p,
		    const struct part *q)
{
	return old_is_data(o, p) && old_is_data(o, q) &&
	       p->first < q->first + q->count && q->first < p->first + p->count;
}

static int check_partition(struct old *o, unsigned i)
{
	const struct part *p = &o->parts.part[i];

	if (!p->first || p->first < o->table_end)
		return report_error("%s: partition %u begins within the table",
				    o->image->path, p->number + 1);
	if (p->first > o->disk.blk.count ||
	    p->count > o->disk.blk.count - p->first)
		return report_error("%s: partition %u ends at sector %lu, but "
				    "the image has %lu: it is cut short",
				    o->image->path, p->number + 1,
				    p->first + p->count, o->disk.blk.count);
	for (unsigned k = 0; k < i; k++)
		if (overlap(o, p, &o->parts.part[k]))
			return report_error("%s: partitions %u and %u overlap",
					    o->image->path,
					    o->parts.part[k].number + 1,
					    p->number + 1);
	if (p->first < o->first)
		o->first = p->first;
	return 0;
}

/* The header is one that part_read() found to be whole. */
static int read_gpt(struct old *o)
{
	uint8_t head[92];
	struct span s = span_of(head, sizeof(head));
	uint64_t end, bytes;

	if (blk_pread(&o->disk.blk, OLD_SECTOR, sizeof(head), head))
		return refuse(o, err_text());
	o->table_end = span_u64(&s, 40);	/* first usable sector */
	o->table_entries = span_u32(&s, 80);
	bytes = (uint64_t)o->table_entries * span_u32(&s, 84);
	if (o->table_entries > PARTS_MAX)
		o->table_entries = PARTS_MAX;
	end = span_u64(&s, 72) + (bytes + OLD_SECTOR - 1) / OLD_SECTOR;
	if (o->table_end < end)
		o->table_end = end;
	return 0;
}

static int check_table(struct old *o)
{
	const struct part_list *l = &o->parts;

	if (l->remark[0])
		return refuse(o, l->remark);
	if (l->from_backup)
		return refuse(o, "the first GPT is broken, only its copy is "
			      "whole: mend it first (sgdisk -e)");
	if (!l->n)
		return refuse(o, "a partition table without partitions");
	if (l->table == PART_GPT && read_gpt(o))
		return -1;
	o->first = UINT64_MAX;
	for (unsigned i = 0; i < l->n; i++)
		if (check_partition(o, i))
			return -1;
	return 0;
}

/* Mount BLK into FS; whole, if it is one that we read. */
static int mount_whole(struct old *o, struct blk *blk, struct arena *arena,
		       struct fs *fs, bool *ours)
{
	err_clear();
	*ours = !fs_mount(fs, blk, arena);
	err_clear();
	if (*ours && fs->bytes > blk_bytes(blk))
		return report_error("%s: (%s): the file system has %lu bytes, "
				    "but only %lu are there: it is cut short",
				    o->image->path, blk->name, fs->bytes,
				    blk_bytes(blk));
	return 0;
}

static int check_file_systems(struct old *o, struct arena *arena)
{
	size_t mark = arena_mark(arena);
	struct part_blk part;
	struct fs fs;
	bool ours;

	for (unsigned i = 0; i < o->parts.n; i++) {
		if (!old_is_data(o, &o->parts.part[i]) ||
		    part_open(&o->disk.blk, &o->parts,
			      o->parts.part[i].number, &part))
			continue;
		if (mount_whole(o, &part.blk, arena, &fs, &ours))
			return -1;
		arena_release(arena, mark);
	}
	err_clear();
	return 0;
}

/* By the superblock of BLK's ext file system. */
static bool is_unclean(struct blk *blk)
{
	struct ext2_super_block super;

	return !blk_pread(blk, 1024, sizeof(super), &super) &&
	       (super.s_feature_incompat & EXT3_FEATURE_INCOMPAT_RECOVER ||
		!(super.s_state & EXT2_VALID_FS));
}

static void read_fstab(struct old *o, struct fs *fs)
{
	struct file f;
	char *text;

	if (!fs_open(fs, "/etc/fstab", &f) && f.size < 1 << 20 &&
	    (text = hostboot_slurp(&f))) {
		fstab_parse(&o->fstab, text, f.size);
		free(text);
	}
	err_clear();
}

static void take_type(struct old *o, uint64_t off, uint64_t size)
{
	json_t *j = contents_of(o->image->fd, off, size);
	const char *type = json_string_value(json_object_get(j, "type"));

	snprintf(o->fs_type, sizeof(o->fs_type), "%s", type ? type : "");
	json_decref(j);
}

/* The partition of root=, else that of menu.lst. */
static int find_root(const struct old *o)
{
	const struct entry *e = &o->entries.entry[o->entries.start];
	int n = rootdev_find(e->args, o->image->fd, &o->parts, OLD_SECTOR);

	if (o->bare)
		return -1;
	if (n > 0 && part_find(&o->parts, (unsigned)n - 1))
		return n - 1;
	return o->entries.part;
}

/* What is in the root file system, and of that in the entries. */
static int look_at_root(struct old *o, struct arena *arena)
{
	struct blk *blk = &o->disk.blk;
	struct part_blk part;
	uint64_t off = 0;
	struct fs fs;
	bool ours;

	o->root = find_root(o);
	if (o->root >= 0) {
		if (part_open(blk, &o->parts, (unsigned)o->root, &part))
			return refuse(o, err_text());
		off = part.first * OLD_SECTOR;
		blk = &part.blk;
	}
	if (mount_whole(o, blk, arena, &fs, &ours))
		return -1;
	take_type(o, off, blk_bytes(blk));
	if (!ours)
		return 0;
	if (!strncmp(o->fs_type, "ext", 3))
		o->unclean = is_unclean(blk);
	read_fstab(o, &fs);
	entries_look(&o->entries, &o->disk.blk, o->bare, &fs, o->fs_type);
	return 0;
}

static int check_bare(struct old *o, struct arena *arena)
{
	struct fs fs;
	bool ours;

	if (mount_whole(o, &o->disk.blk, arena, &fs, &ours))
		return -1;
	if (!ours || strncmp(fs.driver->name, "ext", 3))
		return refuse(o, "neither a partition table nor an ext2, ext3 "
			      "or ext4 file system");
	return 0;
}

static int check(struct old *o, struct arena *arena, bool pv_auto)
{
	size_t mark = arena_mark(arena);
	struct entries *e = &o->entries;

	err_clear();
	if (part_read(&o->disk.blk, &o->parts))
		return refuse(o, err_text());
	o->bare = o->parts.table == PART_NONE;
	if (o->bare ? check_bare(o, arena) : check_table(o))
		return -1;
	if (!o->bare && check_file_systems(o, arena))
		return -1;
	arena_release(arena, mark);
	if (entries_read(e, o->image->path, &o->disk.blk, o->bare))
		return -1;
	if (e->first >= e->n)
		return refuse(o, "the default entry of menu.lst is one of too "
			      "many");
	if (!o->bare && e->part < 0)
		return report_error("%s: %s lies in a file system over the "
				    "whole disk, which has a partition table "
				    "as well: take that away first (wipefs -a "
				    "-t dos, or gpt)", o->image->path,
				    e->where);
	chosen_pick(e, pv_auto);
	if (!guestdev_root(e->entry[e->start].args, o->root_name))
		o->root_name[0] = 0;
	return look_at_root(o, arena);
}

int old_read(struct old *o, const struct image *image, bool pv_auto)
{
	struct arena arena;
	int err;

	*o = (struct old){ .image = image, .root = -1 };
	if (hostdisk_attach(&o->disk, "hd0", image->fd, OLD_SECTOR) ||
	    !o->disk.blk.count)
		return refuse(o, "not a disk image");
	if (hostdisk_sector(image->fd) != OLD_SECTOR)
		return refuse(o, "its sectors are of 4096 bytes: copy its root "
			      "partition out, which inspect lists, and adopt "
			      "that");
	o->size = blk_bytes(&o->disk.blk);
	if (hostboot_arena_open(&arena))
		return refuse(o, err_text());
	err = check(o, &arena, pv_auto);
	hostboot_arena_close(&arena);
	return err;
}
