/*
 * The boot paths as the host runs them, and two that are only here.
 */
#include "loader/kernel/formats.h"
#include "loader/paths.h"
#include "tools/host/hostboot.h"

#define ANY_MODE ~0u

static const struct kernel_format *const all_formats[] = {
	&linux_format, &efi_format, &multiboot_format, &xenpv_format,
	&xenpv_packed_format, NULL
};
static const struct kernel_format *const linux_formats[] = {
	&linux_format, NULL
};

const struct hostboot_path hostboot_bios = {
	paths_bios, PATHS_BIOS_MODES
};
const struct hostboot_path hostboot_uefi = {
	paths_uefi, PATHS_UEFI_MODES
};
const struct hostboot_path hostboot_pv = { paths_pv, PATHS_PV_MODES };
const struct hostboot_path hostboot_any = { all_formats, ANY_MODE };
const struct hostboot_path hostboot_linux = { linux_formats, ANY_MODE };
