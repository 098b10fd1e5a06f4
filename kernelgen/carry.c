/*
 * The UAPI group's Unified Kernel Image: sections of a PE file.  U-Boot's
 * Flattened Image Tree: a device tree, the data in it.
 */
#include "kernelgen/carry.h"

#include <libfdt.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "kernelgen/pe.h"
#include "loader/base/err.h"

#define CMDLINE "from the image"
#define FILE_ALIGN 512
#define TREE_ROOM 4096		/* all of the tree but its data */

static size_t aligned(size_t len)
{
	return (len + FILE_ALIGN - 1) & -(size_t)FILE_ALIGN;
}

uint8_t *carry_uki(const uint8_t *app, size_t app_len, const uint8_t *kernel,
		   size_t kernel_len, size_t *len)
{
	size_t linux_at = aligned(app_len);
	size_t cmdline_at = linux_at + aligned(kernel_len);
	uint8_t *file;

	*len = cmdline_at + aligned(sizeof(CMDLINE));
	file = calloc(1, *len);
	if (!file) {
		fail(ERR_NO_MEMORY, "%zu bytes", *len);
		return NULL;
	}
	memcpy(file, app, app_len);
	memcpy(file + linux_at, kernel, kernel_len);
	memcpy(file + cmdline_at, CMDLINE, sizeof(CMDLINE));
	pe_add_section(file, ".linux", linux_at, kernel_len);
	pe_add_section(file, ".cmdline", cmdline_at, sizeof(CMDLINE));
	return file;
}

static int put_hash(void *tree, const uint8_t *kernel, size_t len)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	SHA2_CTX c;

	SHA256Init(&c);
	SHA256Update(&c, kernel, len);
	SHA256Final(hash, &c);
	return fdt_begin_node(tree, "hash") ?:
	       fdt_property_string(tree, "algo", "sha256") ?:
	       fdt_property(tree, "value", hash, sizeof(hash)) ?:
	       fdt_end_node(tree);
}

static int put_image(void *tree, const uint8_t *kernel, size_t len)
{
	return fdt_begin_node(tree, "images") ?:
	       fdt_begin_node(tree, "kernel") ?:
	       fdt_property_string(tree, "type", "kernel") ?:
	       fdt_property_string(tree, "arch", "x86_64") ?:
	       fdt_property_string(tree, "os", "linux") ?:
	       fdt_property_string(tree, "compression", "none") ?:
	       fdt_property(tree, "data", kernel, (int)len) ?:
	       put_hash(tree, kernel, len) ?:
	       fdt_end_node(tree) ?:
	       fdt_end_node(tree);
}

static int put_configuration(void *tree)
{
	return fdt_begin_node(tree, "configurations") ?:
	       fdt_property_string(tree, "default", "probe") ?:
	       fdt_begin_node(tree, "probe") ?:
	       fdt_property_string(tree, "kernel", "kernel") ?:
	       fdt_end_node(tree) ?:
	       fdt_end_node(tree);
}

uint8_t *carry_fit(const uint8_t *kernel, size_t kernel_len, size_t *len)
{
	size_t room = kernel_len + TREE_ROOM;
	uint8_t *tree = calloc(1, room);
	int err;

	if (!tree) {
		fail(ERR_NO_MEMORY, "%zu bytes", room);
		return NULL;
	}
	err = fdt_create(tree, (int)room) ?:
	      fdt_finish_reservemap(tree) ?:
	      fdt_begin_node(tree, "") ?:
	      fdt_property_string(tree, "description", "twinboot probe") ?:
	      fdt_property_u32(tree, "#address-cells", 1) ?:
	      put_image(tree, kernel, kernel_len) ?:
	      put_configuration(tree) ?:
	      fdt_end_node(tree) ?:
	      fdt_finish(tree);
	if (err) {
		fail(ERR_NO_MEMORY, "device tree: %s", fdt_strerror(err));
		free(tree);
		return NULL;
	}
	*len = fdt_totalsize(tree);
	return tree;
}
