/*
 * One virtual block device's life in xenstore (Xen's public io/blkif.h): what
 * the front end may ask for, and its ring.  The states are backend.c's.
 */
#include "pvboot/hv/back/vbd.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "loader/disk/vdev.h"
#include "pvboot/hv/back/blkback.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/memory.h"

static struct vbd *of(struct backend *b)
{
	return (struct vbd *)b;
}

static bool map_ring(struct vbd *v)
{
	uint64_t order;
	bool one = !backend_number(&v->b, "ring-page-order",
				   BLKRING_MAX_ORDER, &order);
	char name[16] = "ring-ref";

	memset(&v->ring, 0, sizeof(v->ring));
	for (unsigned i = 0; i < (one ? 1u : 1u << order); i++) {
		if (!one)
			fmt(name, sizeof(name), "ring-ref%u", i);
		if (!backend_map(&v->b, name, &v->ring_page[i]))
			return false;
		v->ring.page[i] = v->ring_page[i].va;
		v->ring.n_pages++;
	}
	return blkring_back_attach(&v->ring);
}

/* Only the 64-bit layout of requests is spoken; saying nothing means it. */
static bool protocol_known(struct vbd *v)
{
	char path[BACKEND_PATH + 24], protocol[32];

	fmt(path, sizeof(path), "%s/protocol", v->b.front);
	return store_get(v->b.domain->store, path, protocol,
			 sizeof(protocol)) ||
		!strcmp(protocol, "x86_64-abi");
}

static bool connect(struct backend *b)
{
	return protocol_known(of(b)) && map_ring(of(b));
}

static bool disconnect(struct backend *b)
{
	struct vbd *v = of(b);

	blkback_drop_stalled(v);
	if (v->in_flight)
		return false;
	for (unsigned i = 0; i < BLKRING_PAGES; i++)
		backend_unmap(b, &v->ring_page[i]);
	return true;
}

static void publish(struct backend *b)
{
	const struct blk_limits *l = &of(b)->limits;

	backend_set(b, "sectors", l->sectors);
	backend_set(b, "info", l->read_only ? VDISK_READONLY : 0);
	backend_set(b, "sector-size", l->sector_size);
	backend_set(b, "physical-sector-size", l->sector_size);
}

static const struct backend_class class = {
	.name = "vbd", .connect = connect, .publish = publish,
	.disconnect = disconnect, .run = blkback_run,
};

static void make_nodes(struct vbd *v, const char *name, unsigned number)
{
	struct domain *d = v->b.domain;
	const char *back = v->b.back;

	xenbus_set(d, v->b.front, "virtual-device", "%u", number);
	xenbus_set(d, v->b.front, "device-type", "disk");
	xenbus_set(d, back, "removable", "0");
	xenbus_set(d, back, "bootable", "1");
	xenbus_set(d, back, "dev", "%s", name);
	xenbus_set(d, back, "type", "phy");
	xenbus_set(d, back, "mode", "%s", v->limits.read_only ? "r" : "w");
	xenbus_set(d, back, "device-type", "disk");
	xenbus_set(d, back, "params", "%s", v->disk->name);
	backend_set(&v->b, "max-ring-page-order", BLKRING_MAX_ORDER);
	backend_set(&v->b, "feature-barrier", 0);
	backend_set(&v->b, "feature-flush-cache", v->limits.flush);
	backend_set(&v->b, "feature-discard", v->limits.discard);
	if (v->limits.discard) {
		backend_set(&v->b, "discard-granularity",
			    v->limits.sector_size);
		backend_set(&v->b, "discard-alignment", 0);
		backend_set(&v->b, "discard-secure", 0);
	}
	backend_set(&v->b, "feature-persistent", 0);
	backend_set(&v->b, "feature-max-indirect-segments", BLKRING_SEGS);
}

bool vbd_add(struct domain *d, const char *name, struct disk *disk,
	     uint64_t first, uint64_t count, bool read_only)
{
	unsigned number = vdev_number(name);
	struct vbd *v = memory_alloc(1);

	if (!number || !v || !blkback_slots(v) ||
	    !backend_add(&v->b, &class, d, number)) {
		hv_log("cannot make device %s", name);
		return false;
	}
	v->disk = disk;
	v->first = first;
	v->limits = (struct blk_limits){
		.sectors = count,
		.sector_size = disk->sector_size,
		.read_only = read_only || disk->read_only,
		.flush = disk->flush,
	};
	v->limits.discard = disk->discard_max && !v->limits.read_only;
	make_nodes(v, name, number);
	backend_start(&v->b);
	return true;
}
