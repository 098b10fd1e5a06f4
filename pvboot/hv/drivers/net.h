/*
 * The machine's network cards.  Frames are copied: a card reads and writes only
 * memory of ours, so none can hold a guest's page.  Nothing here waits.
 */
#ifndef PVBOOT_HV_DRIVERS_NET_H
#define PVBOOT_HV_DRIVERS_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame: Ethernet header, one 802.1Q tag, 1,500 bytes; no checksum. */
enum { NET_MAX = 8, NET_HEADER = 14, NET_FRAME = 1518 };

struct net {
	char name[8];		/* "net0" */
	uint8_t mac[6];		/* the card's own */
	/*
	 * Receive what is for MAC, for all, and for any group; transmit.
	 * false: no memory, or the card does not start (logged).
	 */
	bool (*start)(struct net *n, const uint8_t mac[6]);
	bool (*link)(struct net *n);
	/* NET_FRAME bytes for the next frame to send; NULL: none for now. */
	void *(*room)(struct net *n);
	/* Send LEN bytes of what room() gave. */
	void (*send)(struct net *n, uint32_t len);
	/*
	 * The frame that has come next, NULL: none.  CHECKED: its checksums are
	 * known to be good.  It stays until taken().
	 */
	const void *(*next)(struct net *n, uint32_t *len, bool *checked);
	void (*taken)(struct net *n);
	/* After some send() and taken(): the card may see them. */
	void (*flush)(struct net *n);
	/* Tell of frames that come, or not: then somebody looks for them. */
	void (*watch)(struct net *n, bool on);
	/*
	 * The user's, called in interrupts: frames have come, or there is room
	 * again, or the link has changed.  NULL: nobody cares.
	 */
	void (*event)(void *arg);
	void *arg;
	bool link_changed;	/* perhaps; the user clears it */
	void *priv;
};

/* net0, net1, ...: in PCI order. */
extern struct net *net_table[NET_MAX];
extern unsigned net_count;

/* Number N as the next card.  false (logged) when there are too many. */
bool net_add(struct net *n);
/* Tell N's user. */
void net_event(struct net *n);

#endif
