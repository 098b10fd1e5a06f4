#include "tests/unit/unit.h"

#include "tests/unit/badfs.h"

#include <stdio.h>
#include <stdlib.h>

#include "loader/base/err.h"
#include "tests/unit/testdisk.h"

static uint8_t good[1 << 20];
static size_t size;

void badfs_take(const char *dir, const char *image)
{
	char name[512];
	FILE *in;

	snprintf(name, sizeof(name), "%s/%s", dir, image);
	in = fopen(name, "r");
	assert_non_null(in);
	size = fread(good, 1, sizeof(good), in);
	fclose(in);
	assert_in_range(size, 1, sizeof(good) - 1);
}

size_t badfs_size(void)
{
	return size;
}

void badfs_copy(struct badfs *b, size_t len)
{
	b->image = malloc(size);
	memcpy(b->image, good, size);
	memdisk_init(&b->disk, b->image, len, 512);
	testdisk_arena(&b->arena, 1 << 20);
	err_clear();
}

void badfs_free(struct badfs *b)
{
	free(b->image);
	free(b->arena.base);
	err_clear();
}

int badfs_mount(struct badfs *b)
{
	b->arena.used = 0;
	assert_int_equal(blk_cache_attach(&b->disk.blk, &b->arena), 0);
	return fs_mount(&b->fs, &b->disk.blk, &b->arena);
}

void badfs_expect(int err, int code, const char *text)
{
	if (err != code || !strstr(err_text(), text))
		fail_msg("%d with \"%s\", not %d with \"%s\"", err, err_text(),
			 code, text);
	err_clear();
}
