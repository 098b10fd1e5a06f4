/*
 * The xenstore of a running domain.  Relies on store.c for all that the guest
 * says; here is only what the tree holds and when events go out.
 */
#include "pvboot/hv/back/xenbus.h"

#include "loader/base/fmt.h"
#include "pvboot/hv/back/backend.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/hold.h"

static void changed(void *arg, const char *path)
{
	backend_store_changed(arg);
}

/* What SINCE has cost is paid for by who is at work for the guest. */
static void charge(const struct store *s, uint32_t since)
{
	budget_charge(s->pool.work - since);
}

void xenbus_run(struct domain *d)
{
	struct store *s = d->store;
	bool notify = false, moved = true;
	uint32_t since;

	while (moved && !budget_empty()) {
		since = s->pool.work;
		moved = store_run(s, hold_page(&d->store_ring));
		charge(s, since);
		notify |= moved;
		moved |= s->more;
		moved |= backend_update(d);
	}
	/* The rest, when the guest has run. */
	if (moved)
		backend_store_changed(d);
	if (notify)
		evtchn_raise(d, d->store_port);
}

void xenbus_notify(struct domain *d, unsigned port)
{
	xenbus_run(d);
}

void xenbus_set(struct domain *d, const char *dir, const char *name,
		const char *format, ...)
{
	char path[STORE_PATH_MAX], value[256];
	struct store *s = d->store;
	uint32_t since;
	va_list ap;
	int err;

	fmt(path, sizeof(path), "%s/%s", dir, name);
	va_start(ap, format);
	vfmt(value, sizeof(value), format, ap);
	va_end(ap);
	since = s->pool.work;
	err = store_set(s, path, value);
	charge(s, since);
	if (err)
		hv_log("xenstore: cannot write %s: error %d", path, err);
}

static void give(struct domain *d, const char *home, const char *name)
{
	char path[64];

	xenbus_set(d, home, name, "%s", "");
	fmt(path, sizeof(path), "%s/%s", home, name);
	store_give(d->store, path);
}

bool xenbus_init(struct domain *d)
{
	static const char *const guests[] = {
		"control/shutdown", "control/sysrq", "control/feature-poweroff",
		"control/feature-reboot", "control/feature-suspend",
		"control/laptop-slate-mode", "data", "drivers", "feature",
		"attr", "error",
	};
	const unsigned pages = (sizeof(struct store) + PAGE_SIZE - 1) /
		PAGE_SIZE;
	struct store *s = memory_alloc(pages);
	char home[32];

	if (!s) {
		hv_log("no memory for xenstore");
		return false;
	}
	d->store = s;
	store_init(s, (uint16_t)d->id);
	fmt(home, sizeof(home), "/local/domain/%u", d->id);
	xenbus_set(d, home, "domid", "%u", d->id);
	xenbus_set(d, home, "name", "guest%u", d->id);
	xenbus_set(d, home, "vm", "/vm/%u", d->id);
	xenbus_set(d, home, "memory/target", "%lu", d->nr_pages * 4);
	xenbus_set(d, home, "memory/static-max", "%lu", d->nr_pages * 4);
	for (unsigned i = 0; i < d->n_vcpus; i++) {
		char cpu[32];

		fmt(cpu, sizeof(cpu), "cpu/%u/availability", i);
		xenbus_set(d, home, cpu, "online");
	}
	xenbus_set(d, home, "store/port", "%u", d->store_port);
	xenbus_set(d, home, "store/ring-ref", "%lu", d->store_ring.mfn);
	xenbus_set(d, home, "console/port", "%u", d->console_port);
	xenbus_set(d, home, "console/ring-ref", "%lu", d->console_ring.mfn);
	xenbus_set(d, home, "console/type", "hypervisor");
	xenbus_set(d, home, "device", "%s", "");
	for (unsigned i = 0; i < sizeof(guests) / sizeof(guests[0]); i++)
		give(d, home, guests[i]);
	s->changed = changed;
	s->changed_arg = d;
	return true;
}
