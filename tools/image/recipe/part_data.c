/* A ':' in DIR is written "\\:", as in --file. */
#include "tools/image/recipe/part_data.h"

#include <stdlib.h>
#include <string.h>

#include "loader/base/number.h"
#include "tools/image/recipe/part_option.h"
#include "tools/image/recipe/part_types.h"
#include "tools/image/tree/file_option.h"
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
	if (part_option_bad_label(p->label, p->fs))
		return bad(text, part_option_bad_label(p->label, p->fs));
	if (table == PART_GPT && !part_option_is_name(p->label))
		return bad(text, "LABEL is no UTF-8, as the partition's name "
			   "has to be");
	return 0;
}

int part_data_parse(struct recipe *r, const char **data, const char *swap)
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

void part_data_free(struct recipe *r)
{
	for (unsigned i = 0; i < r->n_parts; i++)
		free(r->part[i].text);
}

const char *part_data_type(const struct recipe_part *p, enum part_table table)
{
	bool fat = p->kind == PARTITION_FS && p->fs == FS_FAT32;

	if (table == PART_MBR)
		return p->kind == PARTITION_SWAP ? "82" : fat ? "c" : "83";
	if (p->kind == PARTITION_SWAP)
		return PART_TYPE_SWAP;
	return fat ? PART_TYPE_BASIC : PART_TYPE_LINUX;
}
