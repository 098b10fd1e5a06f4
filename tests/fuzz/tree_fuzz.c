/*
 * Any bytes as a flattened device tree: what config_tree.c lets through,
 * libfdt walks from end to end, in a block with not a byte to spare.
 */
#include <libfdt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pvboot/hv/config_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t look_at_node(const void *blob, int node)
{
	int prop, len;
	const char *name = fdt_get_name(blob, node, &len), *key;
	uint64_t sum = 0;

	if (!name || strlen(name) != (size_t)len)
		abort();
	fdt_for_each_property_offset(prop, blob, node) {
		const uint8_t *v = fdt_getprop_by_offset(blob, prop, &key,
							 &len);

		if (!v)
			abort();
		for (int i = 0; i < len; i++)
			sum += v[i];
		if (!fdt_getprop(blob, node, key, &len))
			abort();
		sum += fdt_stringlist_count(blob, node, key) > 0;
	}
	if (prop != -FDT_ERR_NOTFOUND)
		abort();
	return sum;
}

static volatile uint64_t sum;	/* so that all of it is read */

static void walk(const void *blob)
{
	uint64_t start, size;
	int depth = 0, node = 0;

	while (node >= 0 && depth >= 0) {
		sum += look_at_node(blob, node);
		node = fdt_next_node(blob, node, &depth);
	}
	if (depth >= 0)
		abort();
	for (int i = fdt_num_mem_rsv(blob) - 1; i >= 0; i--)
		if (fdt_get_mem_rsv(blob, i, &start, &size))
			abort();
	fdt_path_offset(blob, "/chosen/domU1");
	fdt_node_offset_by_compatible(blob, -1, "xen,domain");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *blob = malloc(size + !size);

	memcpy(blob, data, size);
	if (config_tree_check(blob, size) && !fdt_check_header(blob))
		walk(blob);
	free(blob);
	return 0;
}
