/*
 * The PV loader: from Xen's entry to the menu.  Relies on the initial domain
 * that Xen's builder makes and on nothing else; upcalls stay masked.
 */
#include <stdarg.h>
#include <string.h>

#include "loader/hash.h"
#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/paths.h"
#include "loader/platform.h"
#include "menu/extra.h"
#include "menu/main.h"
#include "pvboot/guest/blkfront.h"
#include "pvboot/guest/chain.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/grant.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/heap.h"
#include "pvboot/guest/map.h"
#include "pvboot/guest/modules.h"
#include "pvboot/guest/store.h"

#define IDLE 20u		/* ms */

start_info_t *start_info;

_Noreturn void guest_main(start_info_t *si);

_Noreturn void guest_shutdown(unsigned reason)
{
	struct sched_shutdown shutdown = { reason };

	console_drain();
	for (;;)
		hyper_sched(SCHEDOP_shutdown, &shutdown);
}

_Noreturn void panic(const char *format, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, format);
	vfmt(line, sizeof(line), format, ap);
	va_end(ap);
	console_line("\npvboot: %s", line);
	guest_shutdown(SHUTDOWN_crash);
}

static void idle(void)
{
	console_tell();
	event_take(start_info->console.domU.evtchn);
	event_wait(start_info->console.domU.evtchn, IDLE);
}

static uint64_t backend_ticks(void)
{
	return backend_tsc;
}

static void reboot(void)
{
	guest_shutdown(SHUTDOWN_reboot);
}

static void halt(void)
{
	guest_shutdown(SHUTDOWN_poweroff);
}

static void *frame_va(uint64_t mfn)
{
	return (void *)(VIRT_BASE + machine_to_phys_mapping[mfn] * XEN_PAGE);
}

/*
 * The decompressors were compiled for user space: they look for a stack
 * canary at fs:0x28.
 */
static void set_thread_block(void)
{
	static uint64_t block[8];

	block[0] = (uint64_t)block;
	block[5] = rdtsc() & ~0xfful;
	hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS, (uint64_t)block,
		  0, 0);
}

static void set_up(start_info_t *si)
{
	start_info = si;
	hyper_map((uint64_t)&shared_info, si->shared_info | PTE_P | PTE_RW);
	shared_info.vcpu_info[0].evtchn_upcall_mask = 1;
	console_init(frame_va(si->console.domU.mfn));
	store_init(frame_va(si->store_mfn));
	set_thread_block();
	map_init();
	heap_init();
	grant_init();
}

_Noreturn void guest_main(start_info_t *si)
{
	static struct blk *disk[BLKFRONT_MAX];
	static struct memmap map;
	static struct platform pv = {
		.name = PATH_PV_NAME, .arena = &heap, .formats = paths_pv,
		.pv_formats = paths_pv,
		.modes = PATHS_PV_MODES,
		.disk = disk, .boot_part = -1, .memmap = &map,
		.write = console_write, .key = console_key, .idle = idle,
		.hash = hash_file, .extra = extra_here,
		.clock_ms = clock_ms, .backend_tsc = backend_ticks,
		.go = chain_go, .reboot = reboot, .halt = halt,
	};
	struct file ramdisk;
	char *config = (char *)si->cmd_line;

	pv.start_tsc = rdtsc();
	set_up(si);
	console_line("Twinboot PV loader, %lu MiB", si->nr_pages >> 8);
	memmap_set(&map, 0, si->nr_pages * XEN_PAGE, MEM_RAM);
	pv.n_disks = blkfront_connect(&heap, disk);
	if (modules_kernel()) {
		modules_boot(&pv);
		console_line("\n%s", err_text());
		err_clear();
	}
	if (!*config && modules_menu(&ramdisk))
		menu_main_file(&pv, &ramdisk);
	else
		menu_main(&pv, *config ? config : NULL);
	panic("%s", err_text());
}
