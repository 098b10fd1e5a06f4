/*
 * Declared differences: any text is a list of them or an error, an empty list
 * allows nothing, and the environment is not in it.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/matrix/differences.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct differences *d, bool none)
{
	static const char *const got[] = { "", "quiet xencons=hvc0", "4" };
	const char *why;

	for (int i = 0; i < 3; i++) {
		why = differences_allow(d, "pv/xen-pv/1", "command line",
					got[i]);
		assert(!why || !none);
		assert(!why || !strstr(why, "FUZZ-ENV"));
	}
	differences_unused(d);
	differences_release(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int null = -1;
	struct differences *d;
	char path[64];
	FILE *f;

	/* Errors are not what is looked for. */
	if (null < 0 && (null = open("/dev/null", O_WRONLY)) >= 0)
		dup2(null, STDOUT_FILENO);
	setenv("HOME", "FUZZ-ENV", 1);
	if (memmem(data, size, "FUZZ-ENV", 8))
		return 0;
	snprintf(path, sizeof(path), "/tmp/twinboot-fuzz-%d", getpid());
	f = fopen(path, "w");
	assert(f);
	fwrite(data, 1, size, f);
	fclose(f);
	d = differences_read(path);
	if (d)
		use(d, !memmem(data, size, "difference", 10));
	unlink(path);
	return 0;
}
