/* What this loader can start; Multiboot and PV guests by the second part. */
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/hv.h"
#include "loader/kernel/multiboot_header.h"
#include "mbr/bios/bios.h"
#include "mbr/bios/second.h"

static int load_multiboot(struct boot_entry *e, const struct memmap *map,
			  struct arena *arena, struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	return err ? err : second->multiboot->load(e, map, arena, ho);
}

static const struct kernel_format multiboot = {
	.name = "multiboot",
	.probe = multiboot_header_probe,
	.load = load_multiboot,
};

static int load_hv(struct boot_entry *e, const struct memmap *map,
		   struct arena *arena, struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	return err ? err : second->hv->load(e, map, arena, ho);
}

static const struct kernel_format hv = {
	.name = "hv",
	.probe = hv_probe,
	.load = load_hv,
};

const struct kernel_format *const bios_formats[] = {
	&linux_format,
	&multiboot,
	&hv,
	NULL
};

const struct kernel_format *const bios_pv_formats[] = { &hv, NULL };
