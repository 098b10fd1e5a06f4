/*
 * The hypervisor's configuration from hostile bytes: a device tree as it is,
 * the same behind a good magic number, and a command line.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/vdev.h"
#include "pvboot/hv/config_fdt.h"

static int module_at(void *arg, uint64_t start)
{
	return (int)(start & 3);
}

static void check(const struct hv_config *c)
{
	if (c->n_vbds > CONFIG_VBDS || memchr(c->args, 0, CONFIG_ARGS) == NULL)
		abort();
	for (unsigned i = 0; i < c->n_vbds; i++)
		if (!vdev_number(c->vbd[i].name))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hv_config c;
	char *text = malloc(size + 1);

	err_clear();
	config_default(&c);
	memcpy(text, data, size);
	text[size] = 0;
	if (size >= 40)
		config_fdt(&c, text, size, module_at, NULL);
	check(&c);
	err_clear();
	config_default(&c);
	config_cmdline(&c, text);
	check(&c);
	free(text);
	return 0;
}
