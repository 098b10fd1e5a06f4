/* A FIT image, its kernel started as a Xen PV kernel. */
#include "loader/kernel/fit/fit.h"
#include "loader/kernel/formats.h"

static const struct kernel_format *const kernels[] = {
	&xenpv_format, &xenpv_packed_format, NULL
};

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	return fit_load(kernels, e, map, arena, ho);
}

const struct kernel_format fit_xenpv_format = {
	.name = "fit", .by = BY_KERNEL, .probe = fit_probe, .load = load,
};
