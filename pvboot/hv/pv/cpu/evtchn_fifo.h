/* Event channels by the FIFO ABI, once a guest has asked for it. */
#ifndef PVBOOT_HV_PV_CPU_EVTCHN_FIFO_H
#define PVBOOT_HV_PV_CPU_EVTCHN_FIFO_H

#include "pvboot/hv/pv/domain.h"

#include <xen/event_channel.h>

/* What the guest may ask for: 0 or -XEN_E... */
int evtchn_fifo_init_control(struct domain *d, struct evtchn_init_control *op);
int evtchn_fifo_expand(struct domain *d, const struct evtchn_expand_array *op);
int evtchn_fifo_set_priority(struct domain *d, unsigned port,
			     unsigned priority);

/* Only when d->fifo.on: of a port that is in use. */
bool evtchn_fifo_pending(struct domain *d, unsigned port);
/* True: it was not pending before. */
bool evtchn_fifo_raise(struct domain *d, unsigned port);
void evtchn_fifo_clear(struct domain *d, unsigned port);
void evtchn_fifo_unmask(struct domain *d, unsigned port);

#endif
