/*
 * The built-in xenstore of one domain: tree, watches, transactions, and the
 * message protocol over the shared ring (Xen's public io/xs_wire.h; docs/misc
 * xenstore.txt).  Pure: no hardware, all memory inside struct store, so it is
 * tested and fuzzed on the host.
 *
 * Two parties use it: the guest, through store_run(), and the hypervisor as
 * domain 0, through store_set() and its kin.  Errors are positive errno values.
 */
#ifndef PVBOOT_HV_STORE_STORE_H
#define PVBOOT_HV_STORE_STORE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

#include "pvboot/hv/store/tree.h"

enum {
	STORE_WATCHES = 128,
	STORE_EVENTS = 256,	/* watch events waiting for the guest */
	STORE_TXS = 8,		/* transactions open at once */
	STORE_TX_CHANGES = 64,	/* paths one transaction may change */
	STORE_TOKEN_MAX = 256,
	/*
	 * How much store_run() does at a time: nodes and chunks looked at, and
	 * the like of it, each about a hundred instructions at most.
	 */
	STORE_WORK = 2000,
};

struct store_watch {
	uint32_t path, token;	/* chains; 0: unused */
	uint16_t path_len, token_len;	/* with their NULs */
	bool relative;		/* as the guest wrote it */
	bool missed;		/* events were dropped: send one for PATH */
};

struct store_event {
	uint16_t watch;
	uint16_t path_len;
	uint32_t path;		/* a chain */
};

struct store_change {
	uint32_t path;		/* a chain */
	uint16_t path_len;
	bool removed;
};

struct store_tx {
	uint32_t id;		/* 0: unused */
	uint32_t root;
	uint64_t generation;	/* of the store when it began */
	unsigned n_changes;
	struct store_change change[STORE_TX_CHANGES];
	bool ended;		/* well: it is the live tree, and */
	unsigned told;		/* so many of the changes are known */
};

struct store_message {
	struct xsd_sockmsg head;
	uint8_t data[XENSTORE_PAYLOAD_MAX];
};

struct store {
	uint16_t guest;			/* its domain number */
	uint32_t root;
	uint64_t generation;		/* counts changes of ROOT */
	uint32_t last_tx;
	struct store_tx tx[STORE_TXS];
	struct store_watch watch[STORE_WATCHES];
	struct store_event event[STORE_EVENTS];
	unsigned first_event, n_events;

	/* A request being received, a reply or an event being sent. */
	struct store_message in, out;
	size_t n_in, n_out, out_len;	/* bytes, heads included */
	bool broken;	/* the guest broke the protocol: no further service */
	bool more;	/* store_run() ended before it was done */

	/* Called after PATH (or all below it) has changed; may be NULL. */
	void (*changed)(void *arg, const char *path);
	void *changed_arg;
	struct store_pool pool;
};

void store_init(struct store *s, uint16_t guest);

/*
 * Take requests from the guest's ring and give it replies and events, as far
 * as both sides of the ring and STORE_WORK allow; S->more: not all that the
 * ring allows.  True: the guest must get an event.
 */
bool store_run(struct store *s, struct xenstore_domain_interface *ring);

/* The hypervisor's side.  VALUE is a string; parents are made as needed. */
int store_set(struct store *s, const char *path, const char *value);
int store_mkdir(struct store *s, const char *path);
int store_remove(struct store *s, const char *path);
/* The node and what the guest makes below it is the guest's to write. */
int store_give(struct store *s, const char *path);
/*
 * The value as a string.  ENOENT; E2BIG when it does not fit in SIZE with its
 * NUL, EINVAL when it has a NUL inside: BUF is "" then.
 */
int store_get(struct store *s, const char *path, char *buf, size_t size);
/* A decimal number.  EINVAL when it is none, or above MAX. */
int store_get_number(struct store *s, const char *path, uint64_t max,
		     uint64_t *value);

#endif
