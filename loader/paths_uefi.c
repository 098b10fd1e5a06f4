/* What the UEFI path starts.  A file for each path: it links only its own. */
#include "loader/paths.h"

#include <stddef.h>

#include "loader/kernel/formats.h"

const struct kernel_format *const paths_uefi[] = {
	&efi_format, &linux_format, &multiboot2_format, &pvh_format,
	&hv_efi_format, &fit_efi_format, NULL
};

const struct kernel_format *const paths_uefi_pv[] = { &hv_efi_format, NULL };
