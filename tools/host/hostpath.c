/*
 * What each boot path starts: what mbr/bios, mbr/uefi and pvboot/guest say of
 * themselves, which the host cannot include.
 */
#include "loader/kernel/formats.h"
#include "tools/host/hostboot.h"

#define ANY_MODE ~0u

static const struct kernel_format *const bios_formats[] = {
	&linux_format, &multiboot_format, NULL
};
static const struct kernel_format *const uefi_formats[] = {
	&efi_format, &linux_format, &multiboot2_format, NULL
};
static const struct kernel_format *const pv_formats[] = {
	&xenpv_format, &xenpv_packed_format, NULL
};
static const struct kernel_format *const all_formats[] = {
	&linux_format, &efi_format, &multiboot_format, &xenpv_format,
	&xenpv_packed_format, NULL
};
static const struct kernel_format *const linux_formats[] = {
	&linux_format, NULL
};

const struct hostboot_path hostboot_bios = {
	bios_formats, 1u << GO_REAL16 | 1u << GO_PROT32 | 1u << GO_LONG64
};
const struct hostboot_path hostboot_uefi = {
	uefi_formats, 1u << GO_EFI | 1u << GO_LONG64 | 1u << GO_EFI64
};
const struct hostboot_path hostboot_pv = { pv_formats, 1u << GO_XENPV };
const struct hostboot_path hostboot_any = { all_formats, ANY_MODE };
const struct hostboot_path hostboot_linux = { linux_formats, ANY_MODE };
