/*
 * A device tree in the shape of Xen's dom0less binding: /chosen has a node
 * compatible with "xen,domain" for the guest, in it nodes for its modules and
 * disks.  config_tree.c checks the blob; values are checked here.
 */
#include "pvboot/hv/config_fdt.h"

#include "loader/base/fmt.h"
#include "loader/base/err.h"
#include "pvboot/hv/config_tree.h"

#include <libfdt.h>
#include <string.h>

struct tree {
	const void *fdt;
	struct hv_config *c;
	int (*module_at)(void *arg, uint64_t start);
	void *arg;
	int address_cells;	/* of the domain's node */
};

static int bad(const struct tree *t, int node, const char *why)
{
	const char *name = fdt_get_name(t->fdt, node, NULL);

	return fail(ERR_ARGUMENT, "device tree: %s: %s", name ? name : "?",
		    why);
}

/* A property of one or two cells. */
static bool get_number(const struct tree *t, int node, const char *name,
		       uint64_t *v)
{
	int len;
	const uint8_t *p = fdt_getprop(t->fdt, node, name, &len);

	if (!p || (len != 4 && len != 8))
		return false;
	*v = 0;
	while (len--)
		*v = *v << 8 | *p++;
	return true;
}

/* A string property, NUL included in its length; NULL when it is none. */
static const char *get_string(const struct tree *t, int node, const char *name)
{
	int len;
	const char *p = fdt_getprop(t->fdt, node, name, &len);

	return p && len > 0 && strnlen(p, (size_t)len) + 1 == (size_t)len ?
		p : NULL;
}

/* The module that NODE means, by number or by address. */
static int get_module(const struct tree *t, int node)
{
	int len, n = -1;
	uint64_t v;
	const uint8_t *reg;

	if (get_number(t, node, "module-index", &v))
		return v < 256 ? (int)v : -1;
	reg = fdt_getprop(t->fdt, node, "reg", &len);
	if (!reg || len < 4 * t->address_cells)
		return -1;
	v = 0;
	for (int i = 0; i < 4 * t->address_cells; i++)
		v = v << 8 | reg[i];
	if (t->module_at)
		n = t->module_at(t->arg, v);
	return n;
}

static int take_args(struct tree *t, int node)
{
	const char *args = get_string(t, node, "bootargs");

	if (!args)
		return fdt_getprop(t->fdt, node, "bootargs", NULL) ?
			bad(t, node, "bootargs is no string") : 0;
	if (strlen(args) >= CONFIG_ARGS)
		return bad(t, node, "bootargs too long");
	memcpy(t->c->args, args, strlen(args) + 1);
	t->c->has_args = true;
	return 0;
}

static int take_kernel(struct tree *t, int node)
{
	t->c->kernel = get_module(t, node);
	if (t->c->kernel < 0)
		return bad(t, node, "no such module");
	return take_args(t, node);
}

static int take_ramdisk(struct tree *t, int node)
{
	t->c->ramdisk = get_module(t, node);
	return t->c->ramdisk < 0 ? bad(t, node, "no such module") : 0;
}

/* device = "xvda1", and source = "hd0,1" or a module: as "vbd=" has it. */
static int take_disk(struct tree *t, int node)
{
	const char *device = get_string(t, node, "device");
	const char *source = get_string(t, node, "source");
	const char *ro = fdt_getprop(t->fdt, node, "read-only", NULL) ? ",ro" :
		"";
	char option[64];
	size_t n;

	if (!device || (!source && get_module(t, node) < 0))
		return bad(t, node, "a disk needs device and source");
	if (source)
		n = fmt(option, sizeof(option), "vbd=%s:%s%s", device, source,
			ro);
	else
		n = fmt(option, sizeof(option), "vbd=%s:mod%d%s", device,
			get_module(t, node), ro);
	if (n == sizeof(option) - 1 || strpbrk(option, " \t"))
		return bad(t, node, "malformed device or source");
	return config_cmdline(t->c, option);
}

/* source = "net0", and an address if it is not the card's own. */
static int take_vif(struct tree *t, int node)
{
	const char *source = get_string(t, node, "source");
	int len = 0;
	const uint8_t *mac = fdt_getprop(t->fdt, node, "mac-address", &len);
	char option[64];
	size_t n;

	if (!source || (mac && len != 6))
		return bad(t, node, "a network device needs source, and "
			   "mac-address has 6 bytes");
	n = fmt(option, sizeof(option), "vif=%s", source);
	if (mac)
		n = fmt(option, sizeof(option),
			"vif=%s,mac=%02x:%02x:%02x:%02x:%02x:%02x", source,
			mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	if (n == sizeof(option) - 1 || strpbrk(option, " \t"))
		return bad(t, node, "malformed source");
	return config_cmdline(t->c, option);
}

static bool is(const struct tree *t, int node, const char *what)
{
	return !fdt_node_check_compatible(t->fdt, node, what);
}

static int take_child(struct tree *t, int node)
{
	if (is(t, node, "multiboot,kernel"))
		return take_kernel(t, node);
	if (is(t, node, "multiboot,ramdisk"))
		return take_ramdisk(t, node);
	if (is(t, node, "twinboot,disk"))
		return take_disk(t, node);
	if (is(t, node, "twinboot,network"))
		return take_vif(t, node);
	return bad(t, node, "neither kernel, ramdisk, disk nor network");
}

static int take_domain(struct tree *t, int node)
{
	uint64_t v;
	int err = take_args(t, node), child;

	if (err)
		return err;
	t->address_cells = fdt_address_cells(t->fdt, node);
	if (t->address_cells < 1 || t->address_cells > 2)
		return bad(t, node, "#address-cells must be 1 or 2");
	if (get_number(t, node, "memory", &v)) {
		if (!v || v > UINT64_MAX >> 10)
			return bad(t, node, "impossible memory size");
		t->c->memory = v << 10;
	}
	if (get_number(t, node, "cpus", &v)) {
		if (!v || v > CONFIG_VCPUS)
			return bad(t, node, "1 to 16 vCPUs are possible");
		t->c->vcpus = (unsigned)v;
	}
	fdt_for_each_subnode(child, t->fdt, node) {
		err = take_child(t, child);
		if (err)
			return err;
	}
	return 0;
}

/* The words of the command line, where Xen's binding has them. */
static int take_words(const struct tree *t, int chosen)
{
	const char *words = get_string(t, chosen, "xen,xen-bootargs");

	return words ? config_cmdline(t->c, words) : 0;
}

int config_fdt(struct hv_config *c, const void *blob, size_t len,
	       int (*module_at)(void *arg, uint64_t start), void *arg)
{
	struct tree t = { blob, c, module_at, arg, 2 };
	int chosen, node, domain = -1, err;

	if (len < 40 || len > 1 << 20 || fdt_magic(blob) != FDT_MAGIC)
		return ERR_NOTMINE;
	if (!config_tree_check(blob, len))
		return fail(ERR_ARGUMENT, "the device tree is damaged");
	chosen = fdt_path_offset(blob, "/chosen");
	if (chosen < 0)
		return fail(ERR_ARGUMENT, "the device tree has no /chosen");
	fdt_for_each_subnode(node, blob, chosen) {
		if (!is(&t, node, "xen,domain"))
			continue;
		if (domain >= 0)
			return bad(&t, node, "only one domain is supported");
		domain = node;
	}
	if (domain < 0)
		return fail(ERR_ARGUMENT, "/chosen has no xen,domain");
	err = take_words(&t, chosen);
	return err ? err : take_domain(&t, domain);
}
