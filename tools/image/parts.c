/*
 * More partitions.  A file system of data is made of a directory or archive as
 * the root is; swap is the header that mkswap writes, version 1 (mkswap(8)).
 */
#include "tools/image/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/fs/mkfs.h"
#include "tools/image/recipe/part_option.h"
#include "tools/image/recipe/uuid.h"
#include "tools/image/tree/source.h"
#include "tools/report.h"
#include "tools/tempfile.h"

static struct mkfs fs_of(const struct build *b, unsigned i,
			 const struct deliver *out)
{
	const struct recipe_part *p = &b->r.part[i];

	return (struct mkfs){
		.image = out ? out->path : NULL, .fd = out ? out->fd : -1,
		.offset = b->layout.more[i].offset,
		.size = b->layout.more[i].size, .sector = b->r.sector,
		.fs = p->fs, .uuid = b->more[i].uuid,
		.inode_size = b->r.inode_size,
		.label = p->label[0] ? p->label : NULL,
	};
}

/* Of the file system or swap on it. */
static void set_fs_uuid(struct build *b, unsigned i)
{
	const struct recipe_said *s = part_option_find(&b->r, 2 + i);
	char what[32];

	snprintf(what, sizeof(what), "data file system %u", i);
	build_id(b, b->r.part[i].kind == PARTITION_SWAP ? "swap" : what,
		 b->more[i].uuid);
	if (s && s->fs_uuid)
		snprintf(b->more[i].uuid, sizeof(b->more[i].uuid), "%s",
			 s->fs_uuid);
}

static int collect_one(struct build *b, unsigned i)
{
	struct recipe_part *p = &b->r.part[i];
	struct tree *t = &b->more[i].tree;
	struct mkfs m;
	uint64_t need;

	set_fs_uuid(b, i);
	filetree_init(t, NULL);
	if (p->kind != PARTITION_FS)
		return 0;
	if ((p->dir && source_add(t, p->dir)) ||
	    (p->fs != FS_FAT32 && mkext_prepare(t)))
		return -1;
	filetree_finish(t);
	m = fs_of(b, i, NULL);
	need = p->fs == FS_FAT32 ? mkfat_need(&m, t) : mkext_need(&m, t);
	if (!need)
		return -1;
	if (p->size && p->size < need)
		return report_error("--data %s: %lu bytes are needed",
				    p->dir ? p->dir : p->label, need);
	if (!p->size)
		p->size = need + need / 10 + (4 << 20);
	return 0;
}

int parts_collect(struct build *b)
{
	for (unsigned i = 0; i < b->r.n_parts; i++)
		if (collect_one(b, i))
			return -1;
	return 0;
}

int parts_write_swap(int fd, const struct part_range *at, const char *uuid)
{
	uint8_t page[4096] = { 0 };
	uint32_t head[3] = { 1, (uint32_t)(at->size / 4096 - 1), 0 };

	memcpy(page + 1024, head, sizeof(head));
	uuid_parse(uuid, page + 1036);
	memcpy(page + 4086, "SWAPSPACE2", 10);
	if (!tempfile_write(fd, at->offset, page, sizeof(page)))
		return 0;
	return report_errno("writing swap");
}

int parts_write(const struct build *b, const struct deliver *out)
{
	for (unsigned i = 0; i < b->r.n_parts; i++) {
		const struct recipe_part *p = &b->r.part[i];
		struct mkfs m = fs_of(b, i, out);
		int err = 0;

		if (p->kind == PARTITION_SWAP)
			err = parts_write_swap(out->fd, &b->layout.more[i],
					       b->more[i].uuid);
		else if (p->kind == PARTITION_FS)
			err = p->fs == FS_FAT32 ?
			      mkfat_write(&m, &b->more[i].tree) :
			      mkext_write(&m, &b->more[i].tree);
		if (err)
			return -1;
	}
	return 0;
}

void parts_release(struct build *b)
{
	for (unsigned i = 0; i < b->r.n_parts; i++)
		if (b->more[i].tree.pool)
			filetree_free(&b->more[i].tree);
}
