/* What this loader can start; all but Linux by the second part. */
#include "loader/abi/pe.h"
#include "loader/base/err.h"
#include "loader/kernel/fit.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/hv.h"
#include "loader/kernel/multiboot_header.h"
#include "loader/kernel/pvh.h"
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
	.by = BY_KERNEL | BY_CHAINLOADER,
	.probe = multiboot_header_probe,
	.load = load_multiboot,
};

static int load_pvh(struct boot_entry *e, const struct memmap *map,
		    struct arena *arena, struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	return err ? err : second->pvh->load(e, map, arena, ho);
}

static const struct kernel_format pvh = {
	.name = "pvh",
	.by = BY_KERNEL,
	.probe = pvh_probe,
	.load = load_pvh,
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
	.by = BY_KERNEL,
	.probe = hv_probe,
	.load = load_hv,
};

static int load_uki(struct boot_entry *e, const struct memmap *map,
		    struct arena *arena, struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	return err ? err : second->uki->load(e, map, arena, ho);
}

/* "MZ"; the rest is looked at by the second part. */
static bool probe_uki(struct span head)
{
	return span_u16(&head, 0) == PE_MZ_MAGIC;
}

static const struct kernel_format uki = {
	.name = "uki",
	.by = BY_KERNEL,
	.probe = probe_uki,
	.load = load_uki,
};

static int load_fit(struct boot_entry *e, const struct memmap *map,
		    struct arena *arena, struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	return err ? err : second->fit->load(e, map, arena, ho);
}

static bool probe_fit(struct span head)
{
	return span_u32(&head, 0) == FIT_MAGIC_LE;
}

static const struct kernel_format fit = {
	.name = "fit",
	.by = BY_KERNEL,
	.probe = probe_fit,
	.load = load_fit,
};

static int load_bootsector(struct boot_entry *e, const struct memmap *map,
			   struct arena *arena, struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	return err ? err : second->bootsector->load(e, map, arena, ho);
}

static bool probe_bootsector(struct span head)
{
	return head.len >= 512;
}

static const struct kernel_format bootsector = {
	.name = "bootsector",
	.by = BY_CHAINLOADER,
	.probe = probe_bootsector,
	.load = load_bootsector,
};

const struct kernel_format *const bios_formats[] = {
	&linux_format,
	&multiboot,
	&pvh,
	&hv,
	&uki,
	&fit,
	&bootsector,
	NULL
};

const struct kernel_format *const bios_pv_formats[] = { &hv, NULL };
