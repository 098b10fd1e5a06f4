/*
 * Any bytes as an initramfs' modules.builtin, and behind its archive: names
 * come out one a line.  The archive around them is sound, for libarchive asks
 * for as much memory as a header's sizes say.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/host/modules.h"

#define NAME "modules.builtin"

/* A cpio header in the "newc" form and the name behind it. */
static size_t put_header(char *to, const char *name, size_t size)
{
	size_t len = (size_t)sprintf(to, "070701%08x%08x%08x%08x%08x%08x%08zx"
		"%08x%08x%08x%08x%08zx%08x%s", 1, 0100644, 0, 0, 1, 0, size, 0,
		0, 0, 0, strlen(name) + 1, 0, name) + 1;

	for (; len % 4; len++)
		to[len] = 0;
	return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *all = calloc(1, size + 512), why[128], *text;
	size_t len = put_header(all, NAME, size);
	struct modules m;

	memcpy(all + len, data, size);
	len = (len + size + 3) & ~(size_t)3;
	len += put_header(all + len, "TRAILER!!!", 0);
	modules_open(&m);
	modules_in_initrd(&m, all, len, why);
	text = modules_close(&m);
	if (text && (text[0] != '\n' || text[strlen(text) - 1] != '\n'))
		abort();
	free(text);
	free(all);
	return 0;
}
