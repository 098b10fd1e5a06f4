/*
 * Shards from elsewhere, two of them with a NUL between: every form of the
 * outcome is written whatever their members are, and the status is one that
 * docs/matrix.md knows.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/matrix/matrix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/twinboot-fuzz-XXXXXX";
static char part[2][64], json[64], junit[64], html[64];

static void end(void)
{
	for (int i = 0; i < 2; i++)
		unlink(part[i]);
	unlink(json);
	unlink(junit);
	unlink(html);
	rmdir(dir);
}

static void begin(void)
{
	/* What it says is not what is looked for. */
	int null = open("/dev/null", O_WRONLY);

	assert(null >= 0 && mkdtemp(dir));
	dup2(null, STDOUT_FILENO);
	snprintf(part[0], sizeof(part[0]), "%s/1", dir);
	snprintf(part[1], sizeof(part[1]), "%s/2", dir);
	snprintf(json, sizeof(json), "%s/json", dir);
	snprintf(junit, sizeof(junit), "%s/junit", dir);
	snprintf(html, sizeof(html), "%s/html", dir);
	atexit(end);
}

static void put(const char *path, const uint8_t *p, size_t len)
{
	FILE *f = fopen(path, "w");

	assert(f);
	fwrite(p, 1, len, f);
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	size_t first = cut ? (size_t)(cut - data) : size;
	struct matrixtell t = { json, junit, html, NULL, size % 2, size % 3,
				size % 5 };
	char *parts[2] = { part[0], part[1] };
	int status;

	if (!part[0][0])
		begin();
	put(part[0], data, first);
	if (cut)
		put(part[1], cut + 1, size - first - 1);
	status = matrixmerge_run(&t, cut ? 2 : 1, parts);
	assert(status == 0 || status == 1 || status == 77 || status == 99);
	return 0;
}
