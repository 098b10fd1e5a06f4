/*
 * Writing the device tree, from its beginning to its end.  That there is no
 * room any more libfdt says at every step, so it is asked at the last.
 */
#include "loader/kernel/hv/hv_tree.h"

#include <libfdt.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

static void put_module(void *fdt, const char *compatible, size_t len,
		       uint64_t at, uint64_t size)
{
	char name[32];
	uint64_t reg[2] = { cpu_to_fdt64(at), cpu_to_fdt64(size) };

	fmt(name, sizeof(name), "module@%lx", at);
	fdt_begin_node(fdt, name);
	fdt_property(fdt, "compatible", compatible, (int)len);
	fdt_property(fdt, "reg", reg, sizeof(reg));
}

static void put_domain(void *fdt, const struct hv_tree *t)
{
	static const char kernel[] = "multiboot,kernel\0multiboot,module";
	static const char ramdisk[] = "multiboot,ramdisk\0multiboot,module";

	fdt_begin_node(fdt, "domU1");
	fdt_property_string(fdt, "compatible", "xen,domain");
	fdt_property_u32(fdt, "#address-cells", 2);
	fdt_property_u32(fdt, "#size-cells", 2);
	put_module(fdt, kernel, sizeof(kernel), t->kernel, t->kernel_size);
	fdt_property_string(fdt, "bootargs", t->args);
	fdt_end_node(fdt);
	if (t->initrd_size) {
		put_module(fdt, ramdisk, sizeof(ramdisk), t->initrd,
			   t->initrd_size);
		fdt_end_node(fdt);
	}
	fdt_end_node(fdt);
}

int hv_tree_write(const struct hv_tree *t, void *buf)
{
	if (strlen(t->args) >= HV_TREE_ARGS)
		return fail(ERR_ARGUMENT, "a PV guest's arguments are %u bytes "
			    "at most", HV_TREE_ARGS - 1);
	fdt_create(buf, HV_TREE_MAX);
	fdt_add_reservemap_entry(buf, t->kernel, t->kernel_size);
	if (t->initrd_size)
		fdt_add_reservemap_entry(buf, t->initrd, t->initrd_size);
	fdt_finish_reservemap(buf);
	fdt_begin_node(buf, "");
	fdt_begin_node(buf, "chosen");
	fdt_property_string(buf, "xen,xen-bootargs", t->hv_args);
	put_domain(buf, t);
	fdt_end_node(buf);
	fdt_end_node(buf);
	return fdt_finish(buf) ? fail(ERR_ARGUMENT, "the device tree is too "
				      "long") : 0;
}
