/*
 * The one error message.  First failure wins: what happens while a failure is
 * being cleaned up must not hide its cause.
 */
#include "loader/base/err.h"

#include <stdarg.h>

#include "loader/base/fmt.h"

static char text[256];

/* Indexed by GRUB's number.  Wording after GRUB 0.97, whose users know it. */
static const char *const names[] = {
	[1] = "Filename must be an absolute pathname or blocklist",
	[2] = "Bad file or directory type",
	[3] = "Bad or corrupt data while decompressing file",
	[5] = "Partition table invalid or corrupt",
	[7] = "Loading below 1MB is not supported",
	[8] = "Kernel must be loaded before booting",
	[9] = "Unknown boot failure",
	[10] = "Unsupported Multiboot features requested",
	[11] = "Unrecognized device string",
	[12] = "Invalid device requested",
	[13] = "Invalid or unsupported executable format",
	[14] = "Filesystem compatibility error, cannot read whole file",
	[15] = "File not found",
	[16] = "Inconsistent filesystem structure",
	[17] = "Cannot mount selected partition",
	[18] = "Selected cylinder exceeds maximum supported by BIOS",
	[19] = "Linux kernel must be loaded before initrd",
	[20] = "Multiboot kernel must be loaded before modules",
	[21] = "Selected disk does not exist",
	[22] = "No such partition",
	[23] = "Error while parsing number",
	[24] = "Attempt to access block outside partition",
	[25] = "Disk read error",
	[26] = "Too many symbolic links",
	[27] = "Unrecognized command",
	[28] = "Selected item cannot fit into memory",
	[29] = "Disk write error",
	[30] = "Invalid argument",
	[31] = "File is not sector aligned",
	[32] = "Must be authenticated",
	[33] = "Serial device not configured",
	[34] = "No spare sectors on the disk",
	[35] = "Integer overflow",
};

/* GRUB's own words. */
static const char *err_name(int code)
{
	unsigned n = -(unsigned)code;

	if (n < sizeof(names) / sizeof(names[0]) && names[n])
		return names[n];
	return "Unknown error";
}

int fail(int code, const char *detail, ...)
{
	va_list ap;
	size_t n;

	if (text[0])
		return code;
	n = fmt(text, sizeof(text), "Error %d: %s: ", -code, err_name(code));
	va_start(ap, detail);
	vfmt(text + n, sizeof(text) - n, detail, ap);
	va_end(ap);
	return code;
}

void err_clear(void)
{
	text[0] = 0;
}

const char *err_text(void)
{
	return text;
}
