/*
 * Any bytes as a file that may be a disk image: it is of one kind, and whoever
 * is told that it reads others, or why it is not read, is told in words.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/host/disk/image_format.h"
#include "tools/host/disk/image_whole.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	const char *format, *other;
	char why[160] = "";
	bool named;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	format = image_format(fd);
	other = image_format_other(fd);
	named = image_format_names(fd, format, why);
	if ((other && !other[0]) || (named && !why[0]) ||
	    strlen(why) >= sizeof(why))
		abort();
	if ((named || image_format_encrypted(fd, format) ||
	     image_whole_short(fd, format)) && !strcmp(format, "raw"))
		abort();
	close(fd);
	return 0;
}
