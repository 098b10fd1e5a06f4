/*
 * Block devices by way of xenstore: device/vbd/N is our end, its node
 * "backend" names the other (xen/io/blkif.h, xenbus.h for the states).
 */
#include "pvboot/guest/blkfront.h"

#include <string.h>

#include "loader/abi/xen.h"

#include <xen/io/protocols.h>
#include <xen/io/xenbus.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "pvboot/guest/blkring.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/store.h"

#define PATIENCE 20000u		/* ms for a change of the backend's state */
#define BOUNCE (64 * XEN_PAGE)

struct blkfront {
	struct blkring ring;	/* first: see alive() */
	struct blk blk;
	uint64_t vdev;
	char path[32], backend[128];
	bool deaf;		/* the backend did not follow us */
};

static struct blkfront *front[BLKFRONT_MAX];
static unsigned n_fronts;
static uint8_t *bounce;		/* for unaligned destinations */

static unsigned backend_state(const struct blkfront *f)
{
	return (unsigned)store_number(f->backend, "state",
				      XenbusStateUnknown);
}

/* One that is asked to go serves us until we have closed. */
static bool alive(struct blkring *r)
{
	unsigned state = backend_state((struct blkfront *)r);

	return state == XenbusStateConnected || state == XenbusStateClosing;
}

/*
 * Wait until the backend's state is one of the bits in STATES.  False if it
 * does not come to that before END, or there is no backend (any more).
 */
static bool wait_backend(const struct blkfront *f, unsigned states,
			 uint64_t end)
{
	for (;;) {
		unsigned state = backend_state(f);

		if (state < 32 && states >> state & 1)
			return true;
		if (state == XenbusStateUnknown || clock_ms() > end)
			return false;
		event_wait(start_info->store_evtchn, 0, 5);
	}
}

static void set_state(const struct blkfront *f, unsigned state)
{
	store_write_number(f->path, "state", state);
}

static int read_direct(struct blkfront *f, uint64_t sector, uint64_t n,
		       uint8_t *buf)
{
	if (!((uintptr_t)buf % 512))
		return blkring_read(&f->ring, sector, n, buf);
	while (n) {
		uint64_t now = n < BOUNCE / 512 ? n : BOUNCE / 512;
		int err = blkring_read(&f->ring, sector, now, bounce);

		if (err)
			return err;
		memcpy(buf, bounce, now * 512);
		sector += now;
		buf += now * 512;
		n -= now;
	}
	return 0;
}

static int blkfront_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	struct blkfront *f = b->priv;
	unsigned per = b->sector / 512;
	const char *stuck = blkfront_stuck();

	/* What we read could be written over. */
	if (stuck)
		return fail(ERR_READ, "the backend of %s still has pages of "
			    "ours", stuck);
	return read_direct(f, lba * per, (uint64_t)n * per, buf);
}

/* The ring's size as a power of two of pages. */
static unsigned ring_order(const struct blkfront *f)
{
	uint64_t max = store_number(f->backend, "max-ring-page-order", 0);

	return max > 4 ? 4 : (unsigned)max;
}

/* Pages of one request; more than the first number only by indirect ones. */
static unsigned max_segments(const struct blkfront *f)
{
	uint64_t max = store_number(f->backend, "feature-max-indirect-segments",
				    0);

	return max < BLKIF_MAX_SEGMENTS_PER_REQUEST ?
		BLKIF_MAX_SEGMENTS_PER_REQUEST :
		max > BLKRING_SEGMENTS ? BLKRING_SEGMENTS : (unsigned)max;
}

static int publish(struct blkfront *f, unsigned order)
{
	char name[16];

	if (!order)
		store_write_number(f->path, "ring-ref", f->ring.ref[0]);
	else
		store_write_number(f->path, "ring-page-order", order);
	for (unsigned i = 0; order && i < f->ring.pages; i++) {
		fmt(name, sizeof(name), "ring-ref%u", i);
		store_write_number(f->path, name, f->ring.ref[i]);
	}
	store_write_number(f->path, "event-channel", f->ring.port);
	store_write(f->path, "protocol", XEN_IO_PROTO_ABI_X86_64);
	set_state(f, XenbusStateInitialised);
	return store_flush() ? fail(ERR_READ, "xenstore refuses %s", f->path)
			     : 0;
}

/* Up to "initialised": from there the backend works by itself. */
static int begin(struct blkfront *f, struct arena *arena, uint64_t end)
{
	char path[48];
	unsigned order;
	int err;

	fmt(path, sizeof(path), "%s/backend", f->path);
	if (store_read(path, f->backend, sizeof(f->backend)) <= 0)
		return fail(ERR_NO_DISK, "%s has no backend", f->path);
	f->ring.dom = (domid_t)store_number(f->path, "backend-id", 0);
	f->ring.name = f->blk.name;
	f->ring.handle = (uint16_t)f->vdev;
	f->ring.alive = alive;
	if (!wait_backend(f, 1 << XenbusStateInitWait |
			  1 << XenbusStateInitialised |
			  1 << XenbusStateConnected, end))
		return fail(ERR_NO_DISK, "%s: its backend is not ready",
			    f->path);
	order = ring_order(f);
	err = blkring_init(&f->ring, arena, 1u << order, max_segments(f));
	return err ? err : publish(f, order);
}

static int complete(struct blkfront *f, uint64_t end)
{
	uint64_t sectors, size;

	if (!wait_backend(f, 1 << XenbusStateConnected |
			  1 << XenbusStateClosing | 1 << XenbusStateClosed,
			  end) ||
	    backend_state(f) != XenbusStateConnected)
		return fail(ERR_NO_DISK, "%s: its backend does not connect",
			    f->path);
	sectors = store_number(f->backend, "sectors", 0);
	size = store_number(f->backend, "sector-size", 512);
	if (size < 512 || size > 4096 || size & (size - 1) ||
	    sectors > UINT64_MAX / 512)
		return fail(ERR_NO_DISK, "%s: sectors of %lu bytes", f->path,
			    size);
	f->blk.sector = (uint32_t)size;
	f->blk.count = sectors * 512 / size;
	set_state(f, XenbusStateConnected);
	return 0;
}

/* The numbers in device/vbd, ascending. */
static unsigned list_devices(uint64_t vdev[BLKFRONT_MAX])
{
	static char names[4096];	/* xenstore's largest value */
	int len = store_list("device/vbd", names, sizeof(names));
	unsigned n = 0;

	for (int at = 0; at < len && n < BLKFRONT_MAX;
	     at += (int)strlen(names + at) + 1) {
		uint64_t v = 0;
		unsigned i;

		for (const char *p = names + at; *p >= '0' && *p <= '9'; p++)
			v = v * 10 + (uint64_t)(*p - '0');
		for (i = n++; i && vdev[i - 1] > v; i--)
			vdev[i] = vdev[i - 1];
		vdev[i] = v;
	}
	return n;
}

static void report(const struct blkfront *f, int err)
{
	if (!err)
		return;
	console_line("%s: %s", f->blk.name, err_text());
	err_clear();
}

unsigned blkfront_connect(struct arena *arena, struct blk *disk[BLKFRONT_MAX])
{
	uint64_t vdev[BLKFRONT_MAX];
	uint64_t end = clock_ms() + PATIENCE;
	int err[BLKFRONT_MAX];

	n_fronts = list_devices(vdev);
	bounce = arena_alloc_aligned(arena, BOUNCE, XEN_PAGE);
	for (unsigned i = 0; i < n_fronts; i++) {
		struct blkfront *f = arena_alloc(arena, sizeof(*f));

		if (!f || !bounce)
			panic("no memory for %u disks", n_fronts);
		front[i] = f;
		disk[i] = &f->blk;
		f->vdev = vdev[i];
		f->blk = (struct blk){ .sector = 512, .read = blkfront_read,
				       .priv = f };
		fmt(f->blk.name, sizeof(f->blk.name), "hd%u", i);
		fmt(f->path, sizeof(f->path), "device/vbd/%lu", f->vdev);
		err[i] = begin(f, arena, end);
		report(f, err[i]);
	}
	end = clock_ms() + PATIENCE;
	for (unsigned i = 0; i < n_fronts; i++) {
		if (!err[i])
			report(front[i], complete(front[i], end));
		blk_cache_attach(&front[i]->blk, arena);
	}
	return n_fronts;
}

const char *blkfront_stuck(void)
{
	for (unsigned i = 0; i < n_fronts; i++) {
		struct blkring *r = &front[i]->ring;

		if (r->kept && !blkring_settle(r))
			return r->name;
		r->kept = false;
	}
	return NULL;
}

/*
 * All front ends that were begun go to STATE; their backends have the same time
 * to follow, to one of the states in WAIT.  One that does not is not waited for
 * again: what it still holds is told later.
 */
static void close_step(unsigned state, unsigned wait)
{
	uint64_t end = clock_ms() + PATIENCE;

	for (unsigned i = 0; i < n_fronts; i++)
		if (front[i]->ring.pages)
			set_state(front[i], state);
	for (unsigned i = 0; i < n_fronts; i++)
		if (front[i]->ring.pages && !front[i]->deaf)
			front[i]->deaf = !wait_backend(front[i], wait, end);
}

static void give_back(struct blkfront *f)
{
	/* "protocol" stays: libxl gives it, and there is no other. */
	static const char *const nodes[] = { "ring-ref", "ring-page-order",
		"event-channel" };
	char name[16];

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		store_remove(f->path, nodes[i]);
	for (unsigned i = 0; f->ring.pages > 1 && i < f->ring.pages; i++) {
		fmt(name, sizeof(name), "ring-ref%u", i);
		store_remove(f->path, name);
	}
	if (!blkring_end(&f->ring))
		console_line("%s: its backend keeps pages of ours",
			     f->blk.name);
}

void blkfront_close(void)
{
	close_step(XenbusStateClosing, 1 << XenbusStateClosing |
		   1 << XenbusStateClosed | 1 << XenbusStateInitWait);
	close_step(XenbusStateClosed, 1 << XenbusStateClosed |
		   1 << XenbusStateInitWait);
	for (unsigned i = 0; i < n_fronts; i++)
		if (front[i]->ring.pages)
			give_back(front[i]);
	close_step(XenbusStateInitialising, 1 << XenbusStateInitWait);
	store_flush();
}
