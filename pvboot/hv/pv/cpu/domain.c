/*
 * A domain's life: creation without memory (build.c gives it some), and its
 * end, which is the machine's too: power-off, reboot or crash.
 */
#include "pvboot/hv/pv/cpu/domain.h"

#include <string.h>

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/power.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/pv/cpu/run.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/cpu/wallclock.h"
#include "pvboot/hv/pv/memory/frames.h"

#include <xen/sched.h>

struct domain *domain_create(void)
{
	unsigned i, pages = (sizeof(struct domain) + PAGE_SIZE - 1) / PAGE_SIZE;
	struct domain *d = memory_alloc(pages);

	if (!d)
		panic("no memory for a domain");
	d->id = 1;
	d->shutdown = -1;
	d->n_vcpus = smp_count;
	d->shared = memory_alloc(1);
	if (!d->shared)
		panic("no memory for a domain");
	frame_share(d, va_mfn(d->shared));
	d->m2p = memory_m2p(&d->m2p_l4e);
	wallclock_init(d);
	for (i = 0; i < d->n_vcpus; i++) {
		d->vcpu[i].id = i;
		d->vcpu[i].domain = d;
		vcpu_init(&d->vcpu[i]);
		run_bind(i, &d->vcpu[i]);
	}
	return d;
}

void domain_end(struct domain *d)
{
	smp_stop();
	if (d->ending)
		d->ending(d);
	switch (d->shutdown) {
	case SHUTDOWN_poweroff:
		hv_log("domain %u powers off", d->id);
		power_off();
	case SHUTDOWN_reboot:
		hv_log("domain %u reboots", d->id);
		power_reset();
	}
	hv_log("domain %u crashed: %s", d->id, d->reason);
	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (d->vcpu[i].state != VCPU_OFFLINE)
			vcpu_dump(&d->vcpu[i]);
	power_crash();
}
