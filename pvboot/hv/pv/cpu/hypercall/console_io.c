/*
 * console_io: the console of a guest that has not found its ring yet, or that
 * dies.
 */
#include "pvboot/hv/machine/console/tty.h"
#include "pvboot/hv/pv/cpu/hypercall/console_io.h"

#include <stddef.h>

#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

/* console_io(cmd, count, buffer) */
int64_t do_console_io(struct vcpu *v, const uint64_t *a)
{
	uint64_t left = (uint32_t)a[1], at = a[2];
	char buf[128];
	int b;

	if ((uint32_t)a[0] == CONSOLEIO_write) {
		if (left > 4096)
			return -XEN_E2BIG;
		budget_charge((unsigned)left);
		while (left) {
			size_t n = left < sizeof(buf) ? left : sizeof(buf);

			if (!guest_read(v, buf, at, n))
				return -XEN_EFAULT;
			tty_write(buf, n);
			at += n;
			left -= n;
		}
		return 0;
	}
	if ((uint32_t)a[0] != CONSOLEIO_read)
		return -XEN_ENOSYS;
	if (!left || (b = tty_read()) < 0)
		return 0;
	buf[0] = (char)b;
	return guest_write(v, at, buf, 1) ? 1 : -XEN_EFAULT;
}
