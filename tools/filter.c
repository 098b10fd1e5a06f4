/* The magic numbers of compressions, and libarchive's names for these. */
#include "tools/filter.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const struct {
	int filter;
	const char *name, *magic;
	uint8_t len;
} filters[] = {
	{ ARCHIVE_FILTER_GZIP, "gzip", "\x1f\x8b\x08", 3 },
	{ ARCHIVE_FILTER_BZIP2, "bzip2", "BZh", 3 },
	{ ARCHIVE_FILTER_XZ, "xz", "\xfd" "7zXZ", 6 },
	{ ARCHIVE_FILTER_ZSTD, "zstd", "\x28\xb5\x2f\xfd", 4 },
	{ ARCHIVE_FILTER_LZ4, "lz4", "\x04\x22\x4d\x18", 4 },
	{ ARCHIVE_FILTER_LZ4, "lz4", "\x02\x21\x4c\x18", 4 },
	{ ARCHIVE_FILTER_LZMA, "lzma", "\x5d\x00\x00", 3 },
	{ ARCHIVE_FILTER_LZOP, "lzop", "\x89LZO\0\r\n", 7 },
};

#define FILTERS (sizeof(filters) / sizeof(filters[0]))

/*
 * LZMA has no magic number but what its first bytes usually are.  The fifth is
 * the highest of the dictionary's size: `xz -9' takes 64 MiB.
 */
static bool is_lzma(const uint8_t *data, size_t len)
{
	return len > 4 && data[4] <= 8;
}

int filter_of(const void *data, size_t len)
{
	for (size_t i = 0; i < FILTERS; i++) {
		if (len < filters[i].len ||
		    memcmp(data, filters[i].magic, filters[i].len))
			continue;
		if (filters[i].filter != ARCHIVE_FILTER_LZMA ||
		    is_lzma(data, len))
			return filters[i].filter;
	}
	return 0;
}

const char *filter_name(int filter)
{
	for (size_t i = 0; filter && i < FILTERS; i++)
		if (filters[i].filter == filter)
			return filters[i].name;
	return NULL;
}

int filter_add(struct archive *a, int filter)
{
	return filter && archive_read_append_filter(a, filter) != ARCHIVE_OK ?
	       -1 : 0;
}

const char *filter_error(struct archive *a)
{
	const char *why = archive_error_string(a);

	return why ? why : "damaged or cut short";
}
