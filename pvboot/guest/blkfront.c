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
#include "loader/base/number.h"
#include "pvboot/guest/blkring_front.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/store.h"

#define PATIENCE 20000u		/* ms for a change of the backend's state */
#define GLANCE 1000u		/* ms, then look whether no event told of it */
#define LINE 32768u		/* bytes: a request is a dozen switches */
#define DATA_SHARE 32u		/* of memory, for what is being read */

struct blkfront {
	struct blkring_front ring;	/* first: see alive() */
	struct blk blk;
	uint64_t vdev;
	char path[32], backend[128];
	bool deaf;		/* the backend did not follow us */
	unsigned seen;		/* events when its state was last looked at */
};

static struct blkfront *front[BLKFRONT_MAX];
static unsigned n_fronts;

static unsigned backend_state(const struct blkfront *f)
{
	return (unsigned)store_number(f->backend, "state",
				      XenbusStateUnknown);
}

/* One that is asked to go serves us until we have closed. */
static bool alive(struct blkring_front *r)
{
	unsigned state = backend_state((struct blkfront *)r);

	return state == XenbusStateConnected || state == XenbusStateClosing;
}

/*
 * Wait until the backend's state is one of the bits in STATES; then SAID has N
 * of its nodes, the first of which is "state".  False if it does not come to
 * that before END, or there is no backend (any more).
 */
static bool wait_backend(struct blkfront *f, unsigned states, uint64_t end,
			 struct store_node *said, unsigned n)
{
	for (;;) {
		uint64_t now = clock_ms(), state;

		store_wait(f->seen, now + GLANCE < end ? now + GLANCE : end);
		f->seen = store_events();
		store_read_all(f->backend, said, n);
		state = store_node_number(&said[0], XenbusStateUnknown);
		if (state < 32 && states >> state & 1)
			return true;
		if (state == XenbusStateUnknown || clock_ms() >= end)
			return false;
	}
}

static bool wait_state(struct blkfront *f, unsigned states, uint64_t end)
{
	struct store_node state = { "state" };

	return wait_backend(f, states, end, &state, 1);
}

/* Tell the backend; what it does about it is an event. */
static void set_state(struct blkfront *f, unsigned state)
{
	f->seen = store_events();
	store_write_number(f->path, "state", state);
}

static int blkfront_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	struct blkfront *f = b->priv;
	unsigned per = b->sector / 512;

	return blkring_front_read(&f->ring, lba * per, (uint64_t)n * per, buf);
}

static int blkfront_write(struct blk *b, uint64_t lba, uint32_t n,
			  const void *buf)
{
	struct blkfront *f = b->priv;
	unsigned per = b->sector / 512;

	return blkring_front_write(&f->ring, lba * per, (uint64_t)n * per,
				   buf);
}

static int blkfront_flush(struct blk *b)
{
	return blkring_front_flush(&((struct blkfront *)b->priv)->ring);
}

/*
 * The ring's size as a power of two of pages.  One page has room for 32
 * requests; if each can be 1 MiB that is enough, and for a larger one Linux'
 * backend makes thousands of allocations while we wait.
 */
static unsigned ring_order(unsigned segments, uint64_t max)
{
	if (segments > BLKIF_MAX_SEGMENTS_PER_REQUEST)
		return 0;
	return max > 4 ? 4 : (unsigned)max;
}

/* Pages of one request; more than the first number only by indirect ones. */
static unsigned max_segments(uint64_t indirect)
{
	return indirect < BLKIF_MAX_SEGMENTS_PER_REQUEST ?
		BLKIF_MAX_SEGMENTS_PER_REQUEST :
		indirect > BLKRING_SEGMENTS ? BLKRING_SEGMENTS :
		(unsigned)indirect;
}

/* Pages for a disk's data: its part of the memory and the grants we spare. */
static unsigned data_pages(unsigned disks_left)
{
	uint64_t memory = start_info->nr_pages / DATA_SHARE / n_fronts;
	unsigned grants = grant_count_free() / disks_left / 2;

	return memory < grants ? (unsigned)memory : grants;
}

static void publish(struct blkfront *f)
{
	char name[16];

	if (f->ring.pages == 1)
		store_write_number(f->path, "ring-ref", f->ring.ref[0]);
	else
		store_write_number(f->path, "ring-page-order",
				   (unsigned)__builtin_ctz(f->ring.pages));
	for (unsigned i = 0; f->ring.pages > 1 && i < f->ring.pages; i++) {
		fmt(name, sizeof(name), "ring-ref%u", i);
		store_write_number(f->path, name, f->ring.ref[i]);
	}
	store_write_number(f->path, "event-channel", f->ring.port);
	store_write(f->path, "protocol", XEN_IO_PROTO_ABI_X86_64);
	store_write_number(f->path, "feature-persistent", 1);
	set_state(f, XenbusStateInitialised);
	store_send();
}

static int find_backend(struct blkfront *f)
{
	struct store_node n[] = { { "backend" }, { "backend-id" } };

	store_read_all(f->path, n, 2);
	if (n[0].len <= 0)
		return fail(ERR_NO_DISK, "%s has no backend", f->path);
	memcpy(f->backend, n[0].text, sizeof(f->backend));
	f->ring.dom = (domid_t)store_node_number(&n[1], 0);
	return 0;
}

/* Up to "initialised": from there the backend works by itself. */
static int begin(struct blkfront *f, struct arena *arena, uint64_t end,
		 unsigned disks_left)
{
	struct store_node n[] = { { "state" }, { "max-ring-page-order" },
		{ "feature-max-indirect-segments" } };
	unsigned segments, order;
	int err = find_backend(f);

	if (err)
		return err;
	f->ring.name = f->blk.name;
	f->ring.handle = (uint16_t)f->vdev;
	f->ring.alive = alive;
	f->seen = store_events() - 1;	/* look at once */
	store_watch(f->backend, "state");
	if (!wait_backend(f, 1 << XenbusStateInitWait |
			  1 << XenbusStateInitialised |
			  1 << XenbusStateConnected, end, n, 3))
		return fail(ERR_NO_DISK, "%s: its backend is not ready",
			    f->path);
	segments = max_segments(store_node_number(&n[2], 0));
	order = ring_order(segments, store_node_number(&n[1], 0));
	err = blkring_front_init(&f->ring, arena, 1u << order, segments,
			   data_pages(disks_left));
	if (!err)
		publish(f);
	return err;
}

static int complete(struct blkfront *f, uint64_t end)
{
	struct store_node n[] = { { "state" }, { "sectors" },
		{ "sector-size" }, { "info" }, { "feature-flush-cache" } };
	uint64_t sectors, size;

	if (!wait_backend(f, 1 << XenbusStateConnected |
			  1 << XenbusStateClosing | 1 << XenbusStateClosed,
			  end, n, 5) ||
	    store_node_number(&n[0], 0) != XenbusStateConnected)
		return fail(ERR_NO_DISK, "%s: its backend does not connect",
			    f->path);
	sectors = store_node_number(&n[1], 0);
	size = store_node_number(&n[2], 512);
	if (size < 512 || size > 4096 || size & (size - 1) ||
	    sectors > UINT64_MAX / 512)
		return fail(ERR_NO_DISK, "%s: sectors of %lu bytes", f->path,
			    size);
	f->blk.sector = (uint32_t)size;
	f->blk.count = sectors * 512 / size;
	if (!(store_node_number(&n[3], 0) & VDISK_READONLY))
		f->blk.write = blkfront_write;
	if (store_node_number(&n[4], 0))
		f->blk.flush = blkfront_flush;
	set_state(f, XenbusStateConnected);
	store_send();
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
		uint64_t v;
		unsigned i;

		if (number_whole(names + at, UINT64_MAX, &v))
			continue;
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
	for (unsigned i = 0; i < n_fronts; i++) {
		struct blkfront *f = arena_alloc(arena, sizeof(*f));

		if (!f)
			panic("no memory for %u disks", n_fronts);
		front[i] = f;
		disk[i] = &f->blk;
		f->vdev = vdev[i];
		f->blk = (struct blk){ .sector = 512, .read = blkfront_read,
				       .priv = f, .line = LINE };
		fmt(f->blk.name, sizeof(f->blk.name), "hd%u", i);
		fmt(f->path, sizeof(f->path), "device/vbd/%lu", f->vdev);
		err[i] = begin(f, arena, end, n_fronts - i);
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
		struct blkring_front *r = &front[i]->ring;

		if (r->kept && !blkring_front_settle(r))
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
			front[i]->deaf = !wait_state(front[i], wait, end);
}

static void give_back(struct blkfront *f)
{
	char name[16];

	/* "protocol" stays: libxl gives it, and there is no other. */
	store_remove(f->path, "event-channel");
	store_remove(f->path, "feature-persistent");
	store_remove(f->path, f->ring.pages == 1 ? "ring-ref" :
		     "ring-page-order");
	for (unsigned i = 0; f->ring.pages > 1 && i < f->ring.pages; i++) {
		fmt(name, sizeof(name), "ring-ref%u", i);
		store_remove(f->path, name);
	}
	if (!blkring_front_end(&f->ring))
		console_line("%s: its backend keeps pages of ours",
			     f->blk.name);
}

void blkfront_close(void)
{
	close_step(XenbusStateClosed, 1 << XenbusStateClosed |
		   1 << XenbusStateInitWait);
	for (unsigned i = 0; i < n_fronts; i++)
		if (front[i]->ring.pages)
			give_back(front[i]);
	close_step(XenbusStateInitialising, 1 << XenbusStateInitWait);
	for (unsigned i = 0; i < n_fronts; i++)
		if (front[i]->backend[0])
			store_unwatch(front[i]->backend, "state");
	store_flush();
}
