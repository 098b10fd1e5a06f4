/*
 * A network device of the guest's: vif.c speaks with the front end through
 * xenstore, netback.c moves packets.
 */
#ifndef PVBOOT_HV_BACK_VIF_H
#define PVBOOT_HV_BACK_VIF_H

#include "pvboot/hv/back/backend.h"
#include "pvboot/hv/back/netring.h"
#include "pvboot/hv/drivers/net.h"
#include "pvboot/hv/machine/clock/timer.h"

enum { VIF_GROUPS = 64 };

struct vif {
	struct backend b;
	struct net *net;
	uint8_t mac[6];
	bool link;		/* what we last wrote to BACK/carrier */
	struct timer timer;	/* when to look for frames again */
	bool looking;		/* the card does not tell of them */
	bool look;		/* it is time to */
	struct netring tx, rx;
	struct backend_page tx_page, rx_page;
	bool filter;		/* of groups only those that it has joined */
	unsigned n_groups;
	uint8_t group[VIF_GROUPS][6];
};

/*
 * Give the guest NET as its network device NUMBER, with address MAC.  false: no
 * memory, or the card does not start (logged).
 */
bool vif_add(struct domain *d, unsigned number, struct net *net,
	     const uint8_t mac[6]);
/* Tell the guest whether there is a link. */
void vif_link(struct vif *v);

#endif
