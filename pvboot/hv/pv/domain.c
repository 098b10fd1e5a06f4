/*
 * What ends a domain: the first reason wins, and whoever gives one goes on; the
 * main loop looks at d->shutdown (pv/cpu/domain.c tells the machine's owner).
 */
#include "pvboot/hv/pv/domain.h"

#include <stdarg.h>

#include "loader/base/fmt.h"

#include <xen/sched.h>

void kill_guest(struct domain *d, const char *reason, ...)
{
	va_list ap;

	if (d->shutdown >= 0)
		return;
	d->shutdown = SHUTDOWN_crash;
	va_start(ap, reason);
	vfmt(d->reason, sizeof(d->reason), reason, ap);
	va_end(ap);
}
