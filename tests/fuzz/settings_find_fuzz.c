/*
 * Any bytes as a disk's settings block (the first 4,096) and as its EFI system
 * partition (the rest): what is found is a text that ends, and nothing of the
 * search stays.
 */
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/settings_find.h"
#include "tests/memdisk.h"

#define ESP_AT 16		/* sectors: the block lies before it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void tell(void *ctx, const char *line)
{
	unsigned *told = ctx;

	if (!*line)
		abort();
	++*told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct part_list parts;
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	size_t size = (ESP_AT + 1) * 512 + len;
	uint8_t *copy = calloc(1, size), *esp = copy + 446;
	char *text = malloc(SETTINGS_MAX + 1);
	unsigned told = 0;
	struct memdisk disk;

	if (len >= 4096)
		memcpy(copy + ESP_AT * 512 - 4096, data, len);
	memcpy(copy + 510, "\x55\xaa", 2);
	esp[4] = 0xef;
	esp[8] = ESP_AT;
	memset(esp + 12, 0x7f, 4);
	memdisk_init(&disk, copy, size, 512);
	if (part_read(&disk.blk, &parts) || parts.table != PART_MBR)
		abort();
	err_clear();
	if (settings_find(&disk.blk, &parts, &arena, text, tell, &told) &&
	    !memchr(text, 0, SETTINGS_MAX + 1))
		abort();
	if (arena.used || err_text()[0] || told > 2)
		abort();
	free(text);
	free(copy);
	return 0;
}
