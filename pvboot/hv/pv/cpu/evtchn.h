/* Event channels. */
#ifndef PVBOOT_HV_PV_CPU_EVTCHN_H
#define PVBOOT_HV_PV_CPU_EVTCHN_H

#include "pvboot/hv/pv/domain.h"

/*
 * Raise PORT at the guest, as its peer would.  No-op for a port that is not
 * bound.
 */
void evtchn_raise(struct domain *d, unsigned port);

/* A new port with a built-in backend on its other end; 0 when there is none. */
unsigned evtchn_new_backend(struct domain *d, notify_fn *notify);

/*
 * Bind a built-in backend to PORT, which the guest has allocated unbound for
 * domain 0.  NOTIFY runs at the guest's EVTCHNOP_send.  -XEN_EINVAL.
 */
int evtchn_bind_backend(struct domain *d, unsigned port, notify_fn *notify);

/* The guest's port goes back to "unbound". */
void evtchn_unbind_backend(struct domain *d, unsigned port);

bool evtchn_pending(struct domain *d, unsigned port);
void evtchn_raise_virq(struct vcpu *v, unsigned virq);
void evtchn_set_pending(struct domain *d, unsigned port);
int64_t do_event_channel_op(struct vcpu *v, const uint64_t *a);
int64_t do_event_channel_compat(struct vcpu *v, const uint64_t *a);

#endif
