/*
 * Recipes: any text is a recipe or an error, and the environment is not in it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/recipe/build_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build_options o = { 0 };
	char path[64];
	FILE *f;

	setenv("HOME", "FUZZ-ENV", 1);
	/* A recipe that includes others would name files of the host. */
	if (memmem(data, size, "include", 7))
		return 0;
	snprintf(path, sizeof(path), "/tmp/twinboot-recipe-%d", getpid());
	f = fopen(path, "w");
	assert(f);
	fwrite(data, 1, size, f);
	fclose(f);
	if (!build_options_recipe(&o, path))
		for (int i = 0; i < KEYS; i++)
			for (const char **v = o.list[i]; v && *v; v++)
				assert(!memmem(*v, strlen(*v), "FUZZ-ENV", 8) ||
				       memmem(data, size, "FUZZ-ENV", 8));
	build_options_free(&o);
	unlink(path);
	return 0;
}
