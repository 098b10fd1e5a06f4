/*
 * One state machine for all classes of devices.  A front end that is closed
 * and starts again (a loader handing over to its kernel) finds the backend
 * waiting as at first.  Relies on xenbus.c for the tree; must not know what a
 * class does with its rings.
 */
#include "pvboot/hv/back/backend.h"

#include <xen/io/xenbus.h>

#include "loader/base/fmt.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/work.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/pv/memory/paging.h"

/* The backends of a domain. */
struct backends {
	struct domain *domain;
	struct work work;
	bool store_changed;	/* front ends may have a new state */
	unsigned n;
	struct backend *dev[BACKEND_MAX];
};

void backend_set(struct backend *b, const char *name, uint64_t value)
{
	xenbus_set(b->domain, b->back, name, "%lu", value);
}

static void set_state(struct backend *b, int state)
{
	if (b->state == state)
		return;
	b->state = state;
	backend_set(b, "state", (uint64_t)state);
}

bool backend_number(const struct backend *b, const char *name, uint64_t max,
		    uint64_t *value)
{
	char path[BACKEND_PATH + 32];

	fmt(path, sizeof(path), "%s/%s", b->front, name);
	return !store_get_number(b->domain->store, path, max, value);
}

bool backend_map(struct backend *b, const char *name, struct backend_page *p)
{
	uint64_t ref;

	if (!backend_number(b, name, UINT32_MAX, &ref))
		return false;
	p->ref = (uint32_t)ref;
	p->va = grant_map(b->domain, p->ref, true);
	return p->va;
}

void backend_unmap(struct backend *b, struct backend_page *p)
{
	if (p->va)
		grant_unmap(b->domain, p->ref, true);
	p->va = NULL;
}

void backend_work(struct domain *d)
{
	struct backends *all = d->backends;

	work_queue(&all->work);
}

static void notified(struct domain *d, unsigned port)
{
	backend_work(d);
}

/* false: something is still under way, ask again. */
static bool disconnect(struct backend *b)
{
	struct backends *all = b->domain->backends;

	b->up = false;
	if (!b->class->disconnect(b)) {
		all->store_changed = true;
		return false;
	}
	if (b->port)
		evtchn_unbind_backend(b->domain, b->port);
	b->port = 0;
	return true;
}

static bool connect(struct backend *b)
{
	uint64_t port;

	if (!backend_number(b, "event-channel", EVTCHN_PORTS - 1, &port) ||
	    evtchn_bind_backend(b->domain, (unsigned)port, notified))
		return false;
	b->port = (unsigned)port;
	if (!b->class->connect(b)) {
		disconnect(b);
		return false;
	}
	b->up = true;
	return true;
}

static void try_connect(struct backend *b)
{
	if (connect(b)) {
		b->class->publish(b);
		set_state(b, XenbusStateConnected);
		backend_work(b->domain);
		return;
	}
	hv_log("%s: the front end's ring or port is no good", b->back);
	b->broken = true;
	set_state(b, XenbusStateClosed);
}

/* True when something was done. */
static bool update(struct backend *b)
{
	uint64_t front;
	int old = b->state;

	if (!backend_number(b, "state", XenbusStateReconfigured, &front))
		front = XenbusStateUnknown;
	if (front == XenbusStateInitialising)
		b->broken = false;
	if (b->broken)
		front = XenbusStateClosed;
	switch (front) {
	case XenbusStateInitialising:
		if (b->state != XenbusStateInitWait && disconnect(b))
			set_state(b, XenbusStateInitWait);
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		/* An impatient front end: its old requests must end first. */
		if (!b->up && disconnect(b))
			try_connect(b);
		break;
	case XenbusStateClosing:
		if (disconnect(b))
			set_state(b, XenbusStateClosing);
		break;
	default:
		if (disconnect(b))
			set_state(b, XenbusStateClosed);
	}
	return b->state != old;
}

bool backend_update(struct domain *d)
{
	struct backends *all = d->backends;
	bool done = false;

	if (!all || !all->store_changed)
		return false;
	all->store_changed = false;
	for (unsigned i = 0; i < all->n; i++) {
		if (budget_empty()) {
			all->store_changed = true;
			return true;
		}
		done |= update(all->dev[i]);
	}
	return done;
}

void backend_store_changed(struct domain *d)
{
	struct backends *all = d->backends;

	if (!all)
		return;
	all->store_changed = true;
	work_queue(&all->work);
}

void backend_broken(struct backend *b, const char *what)
{
	hv_log("%s: the guest broke %s", b->back, what);
	b->broken = true;
	backend_store_changed(b->domain);
}

static void run(struct work *w)
{
	struct backends *all = w->arg;

	/* What is granted now may have been page tables until a moment ago. */
	while (!paging_settle()) {
		core_poll();
		budget_start();
	}
	for (unsigned i = 0; i < all->n; i++) {
		struct backend *b = all->dev[i];

		b->class->run(b);
		if (b->notify && b->up)
			evtchn_raise(b->domain, b->port);
		b->notify = false;
	}
	if (all->store_changed)
		xenbus_run(all->domain);
}

bool backend_init(struct domain *d)
{
	struct backends *all = memory_alloc(1);

	if (!all) {
		hv_log("no memory for the backends");
		return false;
	}
	all->domain = d;
	all->work.fn = run;
	all->work.arg = all;
	d->backends = all;
	return true;
}

bool backend_add(struct backend *b, const struct backend_class *class,
		 struct domain *d, unsigned number)
{
	struct backends *all = d->backends;

	if (all->n == BACKEND_MAX) {
		hv_log("more than %u devices", BACKEND_MAX);
		return false;
	}
	all->dev[all->n++] = b;
	b->class = class;
	b->domain = d;
	fmt(b->front, sizeof(b->front), "/local/domain/%u/device/%s/%u",
	    d->id, class->name, number);
	fmt(b->back, sizeof(b->back), "/local/domain/0/backend/%s/%u/%u",
	    class->name, d->id, number);
	/* What is made below it is the guest's, too. */
	store_mkdir(d->store, b->front);
	store_give(d->store, b->front);
	xenbus_set(d, b->front, "backend", "%s", b->back);
	xenbus_set(d, b->front, "backend-id", "0");
	xenbus_set(d, b->front, "state", "%d", XenbusStateInitialising);
	xenbus_set(d, b->back, "frontend", "%s", b->front);
	backend_set(b, "frontend-id", d->id);
	backend_set(b, "online", 1);
	return true;
}

void backend_start(struct backend *b)
{
	set_state(b, XenbusStateInitWait);
}
