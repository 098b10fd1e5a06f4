/*
 * One virtual block device's life in xenstore (Xen's public io/blkif.h and
 * io/xenbus.h).  A front end that is closed and starts again (a loader handing
 * over to its kernel) finds the backend waiting as at first.
 */
#include "pvboot/hv/back/vbd.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "pvboot/hv/back/blkback.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/config.h"
#include "pvboot/hv/machine/log.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/store/store.h"

#include <xen/io/xenbus.h>

static void set_state(struct vbd *v, int state)
{
	if (v->state == state)
		return;
	v->state = state;
	xenbus_set(v->domain, v->back, "state", "%d", state);
}

/* A number the front end has written; false when it has not, or not one. */
static bool front_number(struct vbd *v, const char *name, uint64_t max,
			 uint64_t *value)
{
	char path[VBD_PATH + 24];

	fmt(path, sizeof(path), "%s/%s", v->front, name);
	return !store_get_number(v->domain->store, path, max, value);
}

static void unmap_ring(struct vbd *v)
{
	for (unsigned i = 0; i < v->ring.n_pages; i++)
		grant_unmap(v->domain, v->ring_ref[i], true);
	memset(&v->ring, 0, sizeof(v->ring));
}

static bool map_ring(struct vbd *v)
{
	uint64_t order, ref;
	bool one = !front_number(v, "ring-page-order", BLKRING_MAX_ORDER,
				 &order);
	char name[16] = "ring-ref";

	for (unsigned i = 0; i < (one ? 1u : 1u << order); i++) {
		if (!one)
			fmt(name, sizeof(name), "ring-ref%u", i);
		if (!front_number(v, name, UINT32_MAX, &ref))
			return false;
		v->ring_ref[i] = (uint32_t)ref;
		v->ring.page[i] = grant_map(v->domain, (uint32_t)ref, true);
		if (!v->ring.page[i])
			return false;
		v->ring.n_pages++;
	}
	return blkring_back_attach(&v->ring);
}

/* Only the 64-bit layout of requests is spoken; saying nothing means it. */
static bool protocol_known(struct vbd *v)
{
	char path[VBD_PATH + 24], protocol[32];

	fmt(path, sizeof(path), "%s/protocol", v->front);
	return store_get(v->domain->store, path, protocol, sizeof(protocol)) ||
		!strcmp(protocol, "x86_64-abi");
}

static bool connect(struct vbd *v)
{
	uint64_t port;

	if (!protocol_known(v) ||
	    !front_number(v, "event-channel", EVTCHN_PORTS - 1, &port))
		return false;
	if (!map_ring(v) ||
	    evtchn_bind_backend(v->domain, (unsigned)port, blkback_notify)) {
		unmap_ring(v);
		return false;
	}
	v->port = (unsigned)port;
	v->up = true;
	return true;
}

/* false: the disk still works for it, ask again. */
static bool disconnect(struct vbd *v)
{
	struct blkback *b = v->domain->blkback;

	v->up = false;
	if (v->stalled) {
		/* Never submitted: the disk knows nothing of it. */
		struct vbd_slot *s = v->stalled;

		v->stalled = NULL;
		s->disk.done(&s->disk, false);
	}
	if (v->in_flight) {
		b->store_changed = true;
		return false;
	}
	if (v->ring.n_pages) {
		unmap_ring(v);
		evtchn_unbind_backend(v->domain, v->port);
	}
	return true;
}

/* What the front end reads once we are connected. */
static void publish(struct vbd *v)
{
	struct domain *d = v->domain;

	xenbus_set(d, v->back, "sectors", "%lu", v->limits.sectors);
	xenbus_set(d, v->back, "info", "%u",
		   v->limits.read_only ? VDISK_READONLY : 0);
	xenbus_set(d, v->back, "sector-size", "%u", v->limits.sector_size);
	xenbus_set(d, v->back, "physical-sector-size", "%u",
		   v->limits.sector_size);
	set_state(v, XenbusStateConnected);
}

bool vbd_update(struct vbd *v)
{
	uint64_t front;
	int old = v->state;

	if (!front_number(v, "state", XenbusStateReconfigured, &front))
		front = XenbusStateUnknown;
	if (front == XenbusStateInitialising)
		v->broken = false;
	if (v->broken)
		front = XenbusStateClosed;
	switch (front) {
	case XenbusStateInitialising:
		if (v->state != XenbusStateInitWait && disconnect(v))
			set_state(v, XenbusStateInitWait);
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		/* An impatient front end: its old requests must end first. */
		if (v->up || !disconnect(v))
			break;
		if (connect(v)) {
			publish(v);
			break;
		}
		hv_log("%s: the front end's ring or port is no good", v->back);
		v->broken = true;
		set_state(v, XenbusStateClosed);
		break;
	case XenbusStateClosing:
		if (disconnect(v))
			set_state(v, XenbusStateClosing);
		break;
	default:
		if (disconnect(v))
			set_state(v, XenbusStateClosed);
	}
	return v->state != old;
}

static void make_front(struct vbd *v, unsigned number)
{
	struct domain *d = v->domain;

	/* What is made below it is the guest's, too. */
	store_mkdir(d->store, v->front);
	store_give(d->store, v->front);
	xenbus_set(d, v->front, "backend", "%s", v->back);
	xenbus_set(d, v->front, "backend-id", "0");
	xenbus_set(d, v->front, "state", "%d", XenbusStateInitialising);
	xenbus_set(d, v->front, "virtual-device", "%u", number);
	xenbus_set(d, v->front, "device-type", "disk");
}

static void make_back(struct vbd *v, const char *name)
{
	struct domain *d = v->domain;

	xenbus_set(d, v->back, "frontend", "%s", v->front);
	xenbus_set(d, v->back, "frontend-id", "%u", d->id);
	xenbus_set(d, v->back, "online", "1");
	xenbus_set(d, v->back, "removable", "0");
	xenbus_set(d, v->back, "bootable", "1");
	xenbus_set(d, v->back, "dev", "%s", name);
	xenbus_set(d, v->back, "type", "phy");
	xenbus_set(d, v->back, "mode", "%s", v->limits.read_only ? "r" : "w");
	xenbus_set(d, v->back, "device-type", "disk");
	xenbus_set(d, v->back, "params", "%s", v->disk->name);
	xenbus_set(d, v->back, "max-ring-page-order", "%u", BLKRING_MAX_ORDER);
	xenbus_set(d, v->back, "feature-barrier", "0");
	xenbus_set(d, v->back, "feature-flush-cache", "%u", v->limits.flush);
	xenbus_set(d, v->back, "feature-discard", "0");
	xenbus_set(d, v->back, "feature-persistent", "0");
	xenbus_set(d, v->back, "feature-max-indirect-segments", "%u",
		   BLKRING_SEGS);
	set_state(v, XenbusStateInitWait);
}

bool vbd_add(struct domain *d, const char *name, struct disk *disk,
	     uint64_t first, uint64_t count, bool read_only)
{
	struct blkback *b = d->blkback;
	unsigned number = config_device_number(name);
	struct vbd *v = memory_alloc(1);

	if (!number || !v || b->n == VBD_MAX || !blkback_slots(v)) {
		hv_log("cannot make device %s", name);
		return false;
	}
	v->domain = d;
	v->disk = disk;
	v->first = first;
	v->limits = (struct blk_limits){
		.sectors = count,
		.sector_size = disk->sector_size,
		.read_only = read_only || disk->read_only,
		.flush = disk->flush,
	};
	fmt(v->front, sizeof(v->front), "/local/domain/%u/device/vbd/%u",
	    d->id, number);
	fmt(v->back, sizeof(v->back), "/local/domain/0/backend/vbd/%u/%u",
	    d->id, number);
	make_front(v, number);
	make_back(v, name);
	b->vbd[b->n++] = v;
	return true;
}
