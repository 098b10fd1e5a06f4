/*
 * What this loader can start.  All but Linux is loaded by the second part,
 * which has formats of the same names; here is what they are known by.
 */
#include <string.h>

#include "loader/abi/pe.h"
#include "loader/base/err.h"
#include "loader/kernel/bootsector.h"
#include "loader/kernel/fit/fit.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/hv/hv.h"
#include "loader/kernel/multiboot/multiboot_header.h"
#include "loader/kernel/pvh.h"
#include "mbr/bios/bios.h"
#include "mbr/bios/second.h"

static int load_by_second(struct boot_entry *e, const struct memmap *map,
			  struct arena *arena, struct handover *ho)
{
	const struct kernel_format *const *f;
	const struct bios_second *second;
	int err = bios_second_load(e->platform, &second);

	if (err)
		return err;
	for (f = second->formats; *f; f++)
		if (!strcmp((*f)->name, ho->format))
			return (*f)->load(e, map, arena, ho);
	return fail(ERR_EXEC_FORMAT, "%s", e->kernel_path);
}

/* "MZ"; the rest is looked at by the second part. */
static bool probe_uki(struct span head)
{
	return span_u16(&head, 0) == PE_MZ_MAGIC;
}

static bool probe_fit(struct span head)
{
	return span_u32(&head, 0) == FIT_MAGIC_LE;
}

static bool probe_bootsector(struct span head)
{
	return head.len >= BOOTSECTOR_SIZE;
}

static const struct kernel_format
	multiboot = { "multiboot", multiboot_header_probe, load_by_second,
		      BY_KERNEL | BY_CHAINLOADER },
	pvh = { "pvh", pvh_probe, load_by_second, BY_KERNEL },
	hv = { "hv", hv_probe, load_by_second, BY_KERNEL },
	uki = { "uki", probe_uki, load_by_second, BY_KERNEL },
	fit = { "fit", probe_fit, load_by_second, BY_KERNEL },
	bootsector = { "bootsector", probe_bootsector, load_by_second,
		       BY_CHAINLOADER };

const struct kernel_format *const bios_formats[] = {
	&linux_format, &multiboot, &pvh, &hv, &uki, &fit, &bootsector, NULL
};

const struct kernel_format *const bios_pv_formats[] = { &hv, NULL };
