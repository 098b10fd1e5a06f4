#include "tools/image/recipe/format_name.h"

#include <string.h>

static const char *const names[] = { "raw", "qcow2", "vmdk", "vhdx", "vpc" };

const char *format_name(enum image_format f)
{
	return names[f];
}

int format_name_find(const char *name)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}
