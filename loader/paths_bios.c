/* What the BIOS path starts.  A file for each path: it links only its own. */
#include "loader/paths.h"

#include <stddef.h>

#include "loader/kernel/formats.h"

const struct kernel_format *const paths_bios[] = {
	&linux_format, &multiboot_format, &pvh_format, &hv_format,
	&uki_linux_format, &fit_linux_format, &bootsector_format, NULL
};

const struct kernel_format *const paths_bios_pv[] = { &hv_format, NULL };
