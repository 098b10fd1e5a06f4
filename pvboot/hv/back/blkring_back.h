/*
 * The shared ring of a Xen block device, and what a request on it may ask
 * (Xen's public io/ring.h and io/blkif.h).  Pure: tested and fuzzed on the
 * host.  The pages are the guest's: all that is read is read once.
 */
#ifndef PVBOOT_HV_BACK_BLKRING_BACK_H
#define PVBOOT_HV_BACK_BLKRING_BACK_H

#include <stdbool.h>
#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040d00
#include <xen/xen.h>
#include <xen/io/blkif.h>

enum { BLKRING_MAX_ORDER = 2, BLKRING_PAGES = 1 << BLKRING_MAX_ORDER };
/* Segments in an indirect request: one page of them, and not all of it. */
enum { BLKRING_SEGS = 32 };

union blkring_request {
	struct blkif_request rw;
	struct blkif_request_discard discard;
	struct blkif_request_indirect indirect;
};

struct blkring_back {
	uint8_t *page[BLKRING_PAGES];
	unsigned n_pages;
	uint32_t entries;	/* a power of two */
	uint32_t req_cons, rsp_prod;	/* ours; the ring's copies may lie */
};

/* With page[] and n_pages set.  false: the indices are not a ring's. */
bool blkring_back_attach(struct blkring_back *r);
/*
 * The next request into COPY.  1; 0 when there is none (the guest will then
 * send an event for the next); -1 when the guest broke the ring.
 */
int blkring_back_get(struct blkring_back *r, union blkring_request *copy);
/* Answer a request.  True: the guest waits for an event. */
bool blkring_back_put(struct blkring_back *r, uint64_t id, uint8_t op,
		      int16_t status);

/* What requests to a device must keep to. */
struct blk_limits {
	uint64_t sectors;	/* of 512 bytes */
	uint32_t sector_size;
	bool read_only, flush, discard;
};

/* A request in our own words. */
struct blk_io {
	uint64_t id, sector;
	uint8_t op;		/* for the answer: the inner one if indirect */
	uint8_t kind;		/* BLKIF_OP_READ, _WRITE, _FLUSH_DISKCACHE,
				 * _DISCARD */
	bool indirect;		/* SEG must be read from grant REF */
	grant_ref_t ref;
	uint64_t discard;	/* sectors to discard */
	unsigned n;
	struct blkif_request_segment seg[BLKRING_SEGS];
};

/* Both give a BLKIF_RSP_ code. */
int blkring_back_parse(const union blkring_request *q, struct blk_io *io);
/* Once SEG is filled in. */
int blkring_back_check(const struct blk_io *io,
		       const struct blk_limits *limits);

#endif
