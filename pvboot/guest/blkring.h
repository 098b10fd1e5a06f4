/* A block device's ring: requests out, many in flight, replies in. */
#ifndef PVBOOT_GUEST_BLKRING_H
#define PVBOOT_GUEST_BLKRING_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/abi/xen.h"

#include <xen/io/blkif.h>

#include "loader/base/arena.h"
#include "pvboot/guest/grant.h"

#define BLKRING_PAGES 16u	/* 512 requests */
#define BLKRING_SLOTS 64u	/* requests in flight */
#define BLKRING_SEGMENTS 256u	/* pages of one request: 1 MiB */

/* A request in flight.  Its segments are what the backend reads, if indirect. */
struct blkslot {
	struct blkif_request_segment *seg;	/* a page */
	grant_ref_t seg_ref;	/* given all the time, read-only */
	unsigned n;		/* of the pages still given; 0: free */
};

struct blkring {
	const char *name;	/* for messages */
	domid_t dom;
	evtchn_port_t port;
	uint16_t handle;
	unsigned pages, entries;
	uint8_t *page;		/* PAGES of them, next to each other */
	grant_ref_t ref[BLKRING_PAGES];
	uint32_t req_prod, rsp_cons;
	unsigned max_segments;	/* more than 11: indirect requests */
	unsigned in_flight;
	const char *dead;	/* why the backend was given up, or NULL */
	bool kept;		/* it had not let go of all pages by then */
	struct blkslot slot[BLKRING_SLOTS];
	/* Is the backend still there?  Asked when it keeps silent. */
	bool (*alive)(struct blkring *r);
};

/*
 * Memory, grants and an event channel.  ERR_NO_MEMORY, ERR_READ: nothing is
 * kept but the arena's memory.
 */
int blkring_init(struct blkring *r, struct arena *arena, unsigned pages,
		 unsigned max_segments);

/*
 * Read N 512-byte sectors at SECTOR into BUF, which is aligned to 512.
 * ERR_READ; after it r->dead tells whether another try makes sense.
 */
int blkring_read(struct blkring *r, uint64_t sector, uint64_t n, void *buf);

/* After r->kept: take back what it has let go; true when that is all. */
bool blkring_settle(struct blkring *r);

/* End all grants; false if the backend has kept one. */
bool blkring_end(struct blkring *r);

#endif
