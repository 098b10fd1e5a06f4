/*
 * Any bytes as what adopt reads of an image by itself: as /etc/fstab, whose
 * devices are then taken apart; and as an MBR, whose partitions are the same
 * ones after they have moved.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/vdev.h"
#include "tests/memdisk.h"
#include "tools/adopt/fstab.h"
#include "tools/adopt/guestdev.h"
#include "tools/adopt/table.h"

#define SHIFT 32u		/* sectors */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_fstab(const char *text, size_t len)
{
	static struct fstab f;
	struct guestdev d;

	fstab_parse(&f, text, len);
	if (f.n > FSTAB_LINES)
		abort();
	for (unsigned i = 0; i < f.n; i++) {
		const struct fstab_line *l = &f.line[i];

		if (!l->device[0] || l->device[0] == '#' || !l->where[0] ||
		    !l->type[0] || strpbrk(l->device, " \t\n"))
			abort();
		if (guestdev_read(&d, l->device) &&
		    (!vdev_number(d.disk) || strlen(d.disk) < 3))
			abort();
	}
}

static void check_root(const char *text, size_t len)
{
	char *line = strndup(text, len), value[80];

	if (guestdev_root(line, value) && !strstr(line, value))
		abort();
	free(line);
}

static void check_same(const struct part_list *a, const struct part_list *b)
{
	if (a->n != b->n || a->table != b->table)
		abort();
	for (unsigned i = 0; i < a->n; i++)
		if (a->part[i].first + SHIFT != b->part[i].first ||
		    a->part[i].count != b->part[i].count ||
		    a->part[i].number != b->part[i].number ||
		    a->part[i].mbr_type != b->part[i].mbr_type)
			abort();
}

/* All but sector 0 moves. */
static void check_shift(uint8_t *old, size_t len)
{
	static struct part_list before, after;
	uint8_t *new = calloc(1, len + SHIFT * 512);
	struct memdisk disk;

	memcpy(new, old, 512);
	memcpy(new + (SHIFT + 1) * 512, old + 512, len - 512);
	memdisk_init(&disk, old, len, 512);
	err_clear();
	if (!part_read(&disk.blk, &before) && before.table == PART_MBR &&
	    !before.remark[0] && table_shift_mbr(new, SHIFT)) {
		memdisk_init(&disk, new, len + SHIFT * 512, 512);
		if (part_read(&disk.blk, &after))
			abort();
		check_same(&before, &after);
	}
	err_clear();
	free(new);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);

	memcpy(copy, data, len);
	check_fstab((const char *)copy, len);
	check_root((const char *)copy, len);
	if (len >= 512)
		check_shift(copy, len - len % 512);
	free(copy);
	return 0;
}
