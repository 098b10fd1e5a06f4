/* A block device's ring: requests out, many in flight, replies in. */
#ifndef PVBOOT_GUEST_BLKRING_FRONT_H
#define PVBOOT_GUEST_BLKRING_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/abi/xen.h"

#include <xen/io/blkif.h>

#include "loader/base/arena.h"
#include "pvboot/guest/grant.h"

#define BLKRING_PAGES 16u	/* 512 requests */
#define BLKRING_SLOTS 64u	/* requests in flight */
#define BLKRING_SEGMENTS 256u	/* pages of one request: 1 MiB */
#define BLKRING_DATA 512u	/* pages of all of them */
#define BLKRING_REFS (BLKRING_PAGES + BLKRING_DATA + BLKRING_SLOTS)

/* A request in flight: where to put what it brings; NULL: it brings nothing. */
struct blkslot {
	uint8_t *to;
	uint32_t len;		/* bytes; 0: the slot is free */
};

struct blkring_front {
	const char *name;	/* for messages */
	domid_t dom;
	evtchn_port_t port;
	uint16_t handle;
	unsigned pages, entries, slots;
	unsigned segments;	/* of a request; more than 11: indirect ones */
	/*
	 * Our memory that the backend has: the ring's pages, then for each
	 * slot the page of its segments, if indirect, and its data's.
	 */
	uint8_t *page;
	unsigned n_refs;
	grant_ref_t ref[BLKRING_REFS];	/* 0: taken back */
	uint32_t req_prod, rsp_cons;
	unsigned in_flight;
	const char *dead;	/* why the backend was given up, or NULL */
	bool kept;		/* it had not let go of all pages by then */
	struct blkslot slot[BLKRING_SLOTS];
	/* Is the backend still there?  Asked when it keeps silent. */
	bool (*alive)(struct blkring_front *r);
};

/*
 * Memory, grants and an event channel.  Requests of at most SEGMENTS pages,
 * DATA pages in all.  ERR_NO_MEMORY, ERR_READ: nothing is kept but the arena's
 * memory, and r->pages is 0.
 */
int blkring_front_init(struct blkring_front *r, struct arena *arena,
		       unsigned pages, unsigned segments, unsigned data);

/*
 * Read N 512-byte sectors at SECTOR into BUF.  ERR_READ; after it r->dead tells
 * whether another try makes sense.
 */
int blkring_front_read(struct blkring_front *r, uint64_t sector, uint64_t n,
		       void *buf);

/* Write them from BUF.  ERR_WRITE. */
int blkring_front_write(struct blkring_front *r, uint64_t sector, uint64_t n,
			const void *buf);

/* Only for a backend that knows BLKIF_OP_FLUSH_DISKCACHE.  ERR_WRITE. */
int blkring_front_flush(struct blkring_front *r);

/* After r->kept: take back what it has let go; true when that is all. */
bool blkring_front_settle(struct blkring_front *r);

/* End all grants; false if the backend has kept one. */
bool blkring_front_end(struct blkring_front *r);

#endif
