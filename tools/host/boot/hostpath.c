/*
 * The boot paths as the host runs them, and two that are only here.
 */
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/hv/hv.h"
#include "loader/kernel/multiboot/multiboot_header.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/bootcode.h"

#define ANY_MODE ~0u

/* A choice of its own: Linux before its stub, Xen PV without our hv.elf. */
static const struct kernel_format *const all_formats[] = {
	&linux_format, &efi_format, &multiboot_format, &xenpv_format,
	&xenpv_packed_format, NULL
};
static const struct kernel_format *const linux_formats[] = {
	&linux_format, NULL
};

/* In the words of mbr/bios/second.c. */
int hostboot_no_second(void)
{
	return fail(ERR_READ, "the second part of stage2.bin is damaged");
}

static int load_nothing(struct boot_entry *e, const struct memmap *map,
			struct arena *arena, struct handover *ho)
{
	return hostboot_no_second();
}

/* As mbr/bios/conf.c has them. */
static const struct kernel_format multiboot_nowhere = {
	.name = "multiboot",
	.by = BY_KERNEL,
	.probe = multiboot_header_probe,
	.load = load_nothing,
};
static const struct kernel_format hv_nowhere = {
	.name = "hv",
	.by = BY_KERNEL,
	.probe = hv_probe,
	.load = load_nothing,
};
static const struct kernel_format *const first_formats[] = {
	&linux_format, &multiboot_nowhere, &hv_nowhere, NULL
};
static const struct kernel_format *const first_pv_formats[] = {
	&hv_nowhere, NULL
};

const struct hostboot_path hostboot_paths[PATH_COUNT] = {
	[PATH_BIOS] = { PATH_BIOS_NAME, paths_bios, PATHS_BIOS_MODES,
			paths_bios_pv, .open_hv = bootcode_open_hv },
	[PATH_UEFI] = { PATH_UEFI_NAME, paths_uefi, PATHS_UEFI_MODES,
			paths_uefi_pv },
	[PATH_PV] = { PATH_PV_NAME, paths_pv, PATHS_PV_MODES, paths_pv },
};
const struct hostboot_path hostboot_bios_first = {
	PATH_BIOS_NAME, first_formats, PATHS_BIOS_MODES, first_pv_formats,
	.first_only = true
};
const struct hostboot_path hostboot_any = {
	"any", all_formats, ANY_MODE, all_formats
};
const struct hostboot_path hostboot_linux = {
	"linux", linux_formats, ANY_MODE, linux_formats
};
