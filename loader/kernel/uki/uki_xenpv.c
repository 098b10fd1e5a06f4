/* A unified kernel image, its kernel started as a Xen PV kernel. */
#include "loader/kernel/formats.h"
#include "loader/kernel/uki/uki.h"

static const struct kernel_format *const kernels[] = {
	&xenpv_packed_format, NULL
};

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	return uki_load(kernels, e, map, arena, ho);
}

const struct kernel_format uki_xenpv_format = {
	.name = "uki", .by = BY_KERNEL, .probe = uki_probe, .load = load,
};
