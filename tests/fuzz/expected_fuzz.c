/*
 * Any bytes as an image, in the form of fswalk.h: what it promises is read as
 * the matrix reads it, and its command line comes out as UTF-8.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fswalk.h"

#include "menu/utf8.h"
#include "tools/host/expected.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SECTORS 16384u		/* of the image, at most */

static int make_image(const uint8_t *data, size_t len)
{
	uint32_t sectors = fswalk_u32(data) % SECTORS;
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)sectors * 512))
		abort();
	for (size_t at = 4; at + FSWALK_PIECE <= len; at += FSWALK_PIECE) {
		uint32_t sector = fswalk_u32(data + at);

		if (sector < sectors &&
		    pwrite(fd, data + at + 4, 512, (off_t)sector * 512) != 512)
			abort();
	}
	return fd;
}

static void must_be_utf8(const char *s)
{
	while (s && *s) {
		if (!utf8_length(s))
			abort();
		s += utf8_length(s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct expected p;
	int fd;

	if (len < 4)
		return 0;
	fd = make_image(data, len);
	if (!expected_read(&p, "image", fd, 512)) {
		must_be_utf8(p.cmdline);
		if (p.direct && !p.starts)
			abort();
		expected_release(&p);
	}
	close(fd);
	return 0;
}
