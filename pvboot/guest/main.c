/*
 * The PV loader: from Xen's entry to the menu.  Relies on the initial domain
 * that Xen's builder makes (docs/) and on nothing else; upcalls stay masked.
 */
#include <stdarg.h>

#include "loader/base/fmt.h"
#include "pvboot/guest/console.h"
#include "pvboot/guest/guest.h"

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
	start_info = si;
	hyper_map((uint64_t)&shared_info, si->shared_info | PTE_P | PTE_RW);
	console_init(frame_va(si->console.domU.mfn));
	console_write("hello\n", 6);
	guest_shutdown(SHUTDOWN_poweroff);
}
