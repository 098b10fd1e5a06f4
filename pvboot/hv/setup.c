/*
 * What is asked for, and what there is: runs once, before the guest, so that
 * anything wrong is the machine's owner's to know: panic() with the reason.
 */
#include "pvboot/hv/setup.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/disk/part.h"
#include "pvboot/hv/back/blkback.h"
#include "pvboot/hv/back/control.h"
#include "pvboot/hv/back/vif.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/config_fdt.h"
#include "pvboot/hv/drivers/disk.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

static int module_at(void *arg, uint64_t start)
{
	for (unsigned i = 0; i < boot_info.n_modules; i++)
		if (boot_info.module[i].start == start)
			return (int)i;
	return -1;
}

/* The module that is a device tree, or -1. */
static int find_tree(struct hv_config *c)
{
	for (unsigned i = 0; i < boot_info.n_modules; i++) {
		const struct module *m = &boot_info.module[i];
		int err = config_fdt(c, ma_va(m->start), m->end - m->start,
				     module_at, NULL);

		if (!err)
			return (int)i;
		if (err != ERR_NOTMINE)
			panic("%s", err_text());
	}
	return -1;
}

void setup_config(struct hv_config *c)
{
	int tree;

	config_default(c);
	if (config_cmdline(c, boot_info.cmdline))
		panic("%s", err_text());
	tree = find_tree(c);
	for (unsigned i = 0; tree < 0 && i < boot_info.n_modules; i++) {
		if (config_is_disk(c, i))
			continue;
		if (c->kernel < 0)
			c->kernel = (int)i;
		else if (c->ramdisk < 0)
			c->ramdisk = (int)i;
	}
	if (c->kernel >= (int)boot_info.n_modules ||
	    c->ramdisk >= (int)boot_info.n_modules)
		panic("configuration: there are only %u modules",
		      boot_info.n_modules);
}

/* The disk that V is to show. */
static struct disk *find_disk(const struct config_vbd *v)
{
	const struct module *m = &boot_info.module[v->unit];
	struct disk *d = NULL;

	if (!v->module && v->unit < disk_count)
		d = disk_table[v->unit];
	if (v->module && v->unit < boot_info.n_modules)
		d = disk_add_ram(m->start, m->end - m->start);
	if (!d)
		panic("%s: there is no %s%u", v->name,
		      v->module ? "mod" : "hd", v->unit);
	return d;
}

static void add_part(struct domain *d, const struct config_vbd *v,
		     struct disk *disk)
{
	const unsigned pages = (sizeof(struct part_list) + PAGE_SIZE - 1) /
		PAGE_SIZE;
	struct part_list *list = memory_alloc(pages);
	struct blk *b = disk_blk(disk);
	struct part_blk part;

	if (!list || !b)
		panic("no memory to read the partitions of %s", disk->name);
	if (part_read(b, list) ||
	    part_open(b, list, (unsigned)v->part, &part))
		panic("%s: %s", v->name, err_text());
	if (!vbd_add(d, v->name, disk,
		     part.first * (b->sector / DISK_SECTOR),
		     part.blk.count * (b->sector / DISK_SECTOR), v->read_only))
		panic("%s: no such device", v->name);
	memory_free(list, pages);
}

static void add_vbd(struct domain *d, const struct config_vbd *v)
{
	struct disk *disk = find_disk(v);

	if (v->part >= 0)
		add_part(d, v, disk);
	else if (!vbd_add(d, v->name, disk, 0, disk->sectors, v->read_only))
		panic("%s: no such device", v->name);
}

/* All disks, whole, in firmware order: xvda, xvdb, ... */
static void add_all(struct domain *d)
{
	struct config_vbd v = { .part = -1 };

	for (; v.unit < disk_count; v.unit++) {
		fmt(v.name, sizeof(v.name), "xvd%c", 'a' + v.unit);
		add_vbd(d, &v);
	}
}

static void add_vif(struct domain *d, unsigned number,
		    const struct config_vif *v)
{
	struct net *n = v->unit < net_count ? net_table[v->unit] : NULL;

	if (!n)
		panic("vif%u: there is no net%u", number, v->unit);
	if (!vif_add(d, number, n, v->has_mac ? v->mac : n->mac))
		panic("vif%u: %s does not start", number, n->name);
}

/* All cards, in PCI order, unless it is said otherwise. */
static void add_vifs(struct domain *d, const struct hv_config *c)
{
	struct config_vif v = { .unit = 0 };

	for (unsigned i = 0; i < c->n_vifs; i++)
		add_vif(d, i, &c->vif[i]);
	for (; !c->n_vifs && !c->no_vifs && v.unit < net_count; v.unit++)
		add_vif(d, v.unit, &v);
}

void setup_devices(struct domain *d, const struct hv_config *c)
{
	if (!xenbus_init(d) || !backend_init(d))
		panic("no memory for the guest's devices");
	for (unsigned i = 0; i < c->n_vbds; i++)
		add_vbd(d, &c->vbd[i]);
	if (!c->n_vbds)
		add_all(d);
	control_init(d);
	add_vifs(d, c);
}
