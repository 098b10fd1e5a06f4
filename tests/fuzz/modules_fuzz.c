/*
 * Any bytes as an initramfs, compressed or not, and as a modules.builtin in one
 * that is sound: names come out one a line; what is fed piece by piece is read
 * as what is fed at once.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/host/drivers/cpio.h"
#include "tools/host/drivers/modules.h"

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

static void look(const char *data, size_t len)
{
	struct modules m;
	char why[128], *text;

	modules_open(&m);
	modules_in_initrd(&m, data, len, why);
	text = modules_close(&m);
	if (text && (text[0] != '\n' || text[strlen(text) - 1] != '\n'))
		abort();
	free(text);
}

static bool wants(void *ctx, const char *name)
{
	return strlen(name) % 2;
}

static void content(void *ctx, const char *name, const char *data, size_t len)
{
	uint64_t *sum = ctx;

	for (size_t i = 0; i < len; i++)
		*sum = *sum * 31 + (uint8_t)data[i];
	*sum += strlen(name) + len;
}

/* LEN bytes, AT ONCE at most; a number made of all that was read. */
static uint64_t feed(const char *data, size_t len, size_t at_once)
{
	static struct cpio c;
	uint64_t sum = 0;
	size_t done = 0;

	c = (struct cpio){ .wants = wants, .content = content, .ctx = &sum };
	while (done < len) {
		size_t n = len - done < at_once ? len - done : at_once;
		size_t used = cpio_feed(&c, data + done, n);

		done += used;
		if (used < n)
			break;
	}
	if (done < len && !c.broken && !cpio_ended(&c))
		abort();
	return sum + done * 1009 + c.entries + c.broken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *all = calloc(1, size + 512);
	size_t len;

	memcpy(all, data, size);
	look(all, size);
	if (feed(all, size, size) != feed(all, size, 7))
		abort();
	len = put_header(all, NAME, size);
	memcpy(all + len, data, size);
	len = (len + size + 3) & ~(size_t)3;
	len += put_header(all + len, "TRAILER!!!", 0);
	look(all, len);
	free(all);
	return 0;
}
