/*
 * More partitions.  A file system of data is made of a directory or archive as
 * the root is; swap is the header that mkswap writes, version 1 (mkswap(8)).
 */
#include "tools/image/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/number.h"
#include "tools/image/file_option.h"
#include "tools/image/mkfs.h"
#include "tools/image/part_option.h"
#include "tools/image/part_types.h"
#include "tools/image/source.h"
#include "tools/image/uuid.h"
#include "tools/report.h"

#define SWAP_MIN (40u << 10)	/* mkswap's, 10 pages */

static int bad(const char *text, const char *why)
{
	return report_error("--data %s: %s", text, why);
}

static int parse_fs(struct recipe_part *p, const char *name)
{
	static const char *const names[] = { "ext2", "ext3", "ext4", "fat32" };

	p->kind = strcmp(name, "empty") ? PARTITION_FS : PARTITION_EMPTY;
	for (unsigned i = 0; i < 4; i++) {
		p->fs = (enum recipe_fs)i;
		if (!strcmp(names[i], name))
			return 0;
	}
	return p->kind == PARTITION_EMPTY ? 0 : -1;
}

static int parse_data(struct recipe_part *p, const char *text,
		      enum part_table table)
{
	char *field[FILE_OPTION_FIELDS];
	unsigned n;

	p->text = strdup(text);
	n = file_option_cut(p->text, field);
	if (n < 2 || n > 4)
		return bad(text, "not [DIR]:FS[:SIZE[:LABEL]]");
	p->dir = field[0][0] ? field[0] : NULL;
	p->label = n > 3 ? field[3] : "";
	if (parse_fs(p, field[1]))
		return bad(text, "FS is none of ext2|ext3|ext4|fat32|empty");
	if (n > 2 && field[2][0] && (number_size(field[2], NULL, &p->size) ||
			    p->size < 4096 || p->size >> 50))
		return bad(text, "SIZE is no size");
	if (p->kind == PARTITION_EMPTY && (p->dir || !p->size))
		return bad(text, "an empty partition has a size and no DIR");
	if (strlen(p->label) > (p->fs == FS_FAT32 ? 11u : 16u))
		return bad(text, "LABEL is too long");
	if (table == PART_GPT && !part_option_is_name(p->label))
		return bad(text, "LABEL is no UTF-8, as the partition's name "
			   "has to be");
	return 0;
}

int parts_parse(struct recipe *r, const char **data, const char *swap)
{
	struct recipe_part *p = r->part;
	unsigned max = r->table == PART_MBR ? 3 : RECIPE_PARTS;

	if ((data || swap) && r->table == PART_NONE)
		return report_error("--data and --swap need a partition table");
	if (swap) {
		p->kind = PARTITION_SWAP;
		p->label = "swap";
		if (number_size(swap, NULL, &p->size) || p->size < SWAP_MIN ||
		    p->size >> 44)
			return report_error("--swap %s: no size for swap",
					    swap);
		p->size &= -4096ull;
		r->n_parts++;
	}
	for (; data && *data; data++) {
		if (r->n_parts == max)
			return report_error("--data: more partitions than %u",
					    max);
		if (parse_data(&r->part[r->n_parts++], *data, r->table))
			return -1;
	}
	return 0;
}

void parts_free(struct recipe *r)
{
	for (unsigned i = 0; i < r->n_parts; i++)
		free(r->part[i].text);
}

const char *parts_type(const struct recipe_part *p, enum part_table table)
{
	bool fat = p->kind == PARTITION_FS && p->fs == FS_FAT32;

	if (table == PART_MBR)
		return p->kind == PARTITION_SWAP ? "82" : fat ? "c" : "83";
	if (p->kind == PARTITION_SWAP)
		return PART_TYPE_SWAP;
	return fat ? PART_TYPE_BASIC : PART_TYPE_LINUX;
}

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
	if (pwrite(fd, page, sizeof(page), (off_t)at->offset) == sizeof(page))
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
