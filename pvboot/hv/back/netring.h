/*
 * The shared rings of a Xen network device, and the packets on them (Xen's
 * public io/ring.h and io/netif.h).  Pure: tested and fuzzed on the host.  The
 * pages are the guest's: all that is read is read once.
 */
#ifndef PVBOOT_HV_BACK_NETRING_H
#define PVBOOT_HV_BACK_NETRING_H

#include <stdbool.h>
#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040d00
#include <xen/xen.h>
#include <xen/io/netif.h>

enum { NETRING_ENTRIES = 256, NETRING_PARTS = XEN_NETIF_NR_SLOTS_MIN };

struct netring {
	uint8_t *page;
	unsigned entry;		/* bytes: 12 transmit, 8 receive */
	uint32_t req_cons, rsp_prod;	/* ours; the ring's copies may lie */
};

/* false: the indices are not a ring's. */
bool netring_attach(struct netring *r, void *page, bool transmit);
/*
 * Requests that wait; 0 when there are none (the guest will then send an event
 * for the next), -1 when the guest broke the ring.
 */
int netring_waiting(struct netring *r);
/* Copy request AHEAD of those that wait. */
void netring_peek(const struct netring *r, unsigned ahead, void *copy);
/* Answer the oldest request with ENTRY of SIZE bytes; it is consumed. */
void netring_answer(struct netring *r, const void *entry, unsigned size);
/* Let the guest see the answers; true when it waits for an event. */
bool netring_push(struct netring *r);

/* A packet that the guest sends, in our own words. */
struct netring_packet {
	unsigned slots;		/* of the ring, extra ones among them */
	unsigned n;		/* parts */
	struct {
		grant_ref_t ref;
		uint16_t offset, size;
	} part[NETRING_PARTS];
	uint16_t id[NETRING_PARTS];
	unsigned extras;	/* slots after the first one that hold none */
	uint32_t size;		/* all parts'; 0: nothing to send */
	bool blank;		/* its checksum is to be filled in */
	bool bad;		/* not to be sent: an error to the guest */
	uint8_t group;		/* XEN_NETIF_EXTRA_TYPE_MCAST_..., or 0 */
	uint8_t group_mac[6];
};

/* 1: the next packet, not yet consumed; 0: none; -1: the ring is broken. */
int netring_packet(struct netring *r, struct netring_packet *p);
/* Consume P, with STATUS (NETIF_RSP_...) for each of its parts. */
void netring_done(struct netring *r, const struct netring_packet *p,
		  int16_t status);

#endif
