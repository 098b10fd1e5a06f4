/*
 * The PV loader: from Xen's entry to the menu.  Relies on the initial domain
 * that Xen's builder makes (docs/) and on nothing else; upcalls stay masked.
 */
#include <stdarg.h>

#include "loader/base/fmt.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/blkfront.h"
#include "loader/base/err.h"
#include "pvboot/guest/grant.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/heap.h"
#include "pvboot/guest/map.h"
#include "pvboot/guest/store.h"

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
	size_t n = fmt(line, sizeof(line), "\npvboot: ");

	va_start(ap, format);
	n += vfmt(line + n, sizeof(line) - n, format, ap);
	va_end(ap);
	console_write(line, n);
	console_write("\n", 1);
	guest_shutdown(SHUTDOWN_crash);
}

static void *frame_va(uint64_t mfn)
{
	return (void *)(VIRT_BASE + machine_to_phys_mapping[mfn] * XEN_PAGE);
}

_Noreturn void guest_main(start_info_t *si)
{
	struct blk *disk[BLKFRONT_MAX];
	unsigned n;

	start_info = si;
	hyper_map((uint64_t)&shared_info, si->shared_info | PTE_P | PTE_RW);
	console_init(frame_va(si->console.domU.mfn));
	store_init(frame_va(si->store_mfn));
	map_init();
	heap_init();
	grant_init();
	console_line("Twinboot PV loader, %lu MiB", si->nr_pages >> 8);
	n = blkfront_connect(&heap, disk);
	for (unsigned i = 0; i < n; i++) {
		uint8_t *s = arena_alloc(&heap, 1024 * 1024*32);
		uint64_t t = clock_ns();
		int err = blk_read(disk[i], 0, 65536, s);
		t = clock_ns() - t;
		console_line("%s %lu %d %s %02x%02x %lu us", disk[i]->name, disk[i]->count, err, err_text(), s[510], s[511], t/1000);
	}
	blkfront_close();
	guest_shutdown(SHUTDOWN_poweroff);
}
