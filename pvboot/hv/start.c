/*
 * From boot.S to the first entry of the guest.
 */
#include "pvboot/hv/build.h"
#include "pvboot/hv/config.h"
#include "pvboot/hv/drivers/drivers.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/console/tty.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/power.h"
#include "pvboot/hv/machine/reset.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/machine/tables.h"
#include "pvboot/hv/machine/upcalls.h"
#include "pvboot/hv/pv/cpu/domain.h"
#include "pvboot/hv/pv/cpu/run.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/setup.h"

/* VCPUS as asked for; 0: as many as there are. */
static void start_processors(unsigned vcpus)
{
	smp_start(vcpus ? vcpus : PROCESSORS);
	if (smp_count > 1)
		hv_log("%u processors", smp_count);
	if (vcpus > smp_count)
		panic("vcpus=%u: there %s only %u", vcpus,
		      smp_count == 1 ? "is" : "are", smp_count);
}

void start(uint32_t magic, uint32_t info_pa)
{
	static struct hv_config config;
	struct domain *d;

	tty_init();
	reset_early();
	memory_init(magic, info_pa);
	frames_init();
	tables_init();
	reset_cpu();
	irq_init();
	power_init();
	time_init();
	hv_log("%llu MiB, TSC %llu kHz",
	       (unsigned long long)(memory_ram_pages >> 8),
	       (unsigned long long)time_tsc_khz);
	setup_config(&config);
	tty_use(config.console);
	start_processors(config.vcpus);
	drivers_init();
	for (unsigned i = 0; i < config.n_mmios; i++)
		drivers_add_mmio(config.mmio[i].base, config.mmio[i].line);
	d = domain_create();
	build_domain(d, &config);
	tables_leave();
	smp_run(run);
}
