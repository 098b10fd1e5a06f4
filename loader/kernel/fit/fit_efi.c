/* A FIT image, its kernel started as an EFI application, or as Linux. */
#include "loader/kernel/fit/fit.h"
#include "loader/kernel/formats.h"

static const struct kernel_format *const kernels[] = {
	&efi_format, &linux_format, NULL
};

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	return fit_load(kernels, e, map, arena, ho);
}

const struct kernel_format fit_efi_format = {
	.name = "fit", .by = BY_KERNEL, .probe = fit_probe, .load = load,
};
