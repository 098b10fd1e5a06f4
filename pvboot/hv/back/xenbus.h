/*
 * A domain's xenstore: the tree it finds at its start, and the service of its
 * ring.
 */
#ifndef PVBOOT_HV_BACK_XENBUS_H
#define PVBOOT_HV_BACK_XENBUS_H

#include "pvboot/hv/pv/domain.h"
#include "pvboot/hv/store/store.h"

/*
 * Make d->store with the nodes every guest expects.  Needs the domain's size,
 * ports and ring pages.  false: no memory (logged).
 */
bool xenbus_init(struct domain *d);
/* Answer the guest's requests, follow its devices, tell it of events. */
void xenbus_run(struct domain *d);
/* The event on d->store_port. */
notify_fn xenbus_notify;
/* DIR/NAME = formatted value; failures are logged. */
void xenbus_set(struct domain *d, const char *dir, const char *name,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
