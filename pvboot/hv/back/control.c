/*
 * The power button, as Xen's tools tell a guest: control/shutdown becomes
 * "poweroff" (docs/misc/xenstore-paths of Xen), the guest empties it and ends
 * itself.  One that does not is ended by a second press soon after.
 */
#include "pvboot/hv/back/control.h"

#include "loader/base/fmt.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/machine/button.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/work.h"

#include <xen/sched.h>

#define AGAIN	5000000000ULL	/* ns */

static struct work button;
static uint64_t last_press;	/* 0: none yet */

static void ask(struct work *w)
{
	struct domain *d = w->arg;
	uint64_t now = time_now();
	char home[32];

	if (d->shutdown >= 0)
		return;
	if (last_press && now - last_press < AGAIN) {
		hv_log("domain %u is ended: the power button, twice", d->id);
		d->shutdown = SHUTDOWN_poweroff;
		return;
	}
	last_press = now;
	hv_log("domain %u is asked to shut down: the power button", d->id);
	fmt(home, sizeof(home), "/local/domain/%u", d->id);
	xenbus_set(d, home, "control/shutdown", "poweroff");
	xenbus_run(d);
}

/* Two before the first is looked at count as one. */
static void pressed(void *unused)
{
	work_queue(&button);
}

void control_init(struct domain *d)
{
	button.fn = ask;
	button.arg = d;
	button_init(pressed, NULL);
}
