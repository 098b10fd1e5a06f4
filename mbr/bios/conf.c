/* What this loader can start. */
#include "loader/kernel/formats.h"
#include "mbr/bios/bios.h"

const struct kernel_format *const bios_formats[] = {
	&linux_format,
	&multiboot_format,
	NULL
};
