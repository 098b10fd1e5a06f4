/*
 * O_TMPFILE where the file system has it.  The name is /proc's, so what needs
 * one (libext2fs, mtools, qemu-img) can open the file as well.
 */
#include "tools/image/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/report.h"

int scratch_open(const char *dir)
{
	const char *tmp = getenv("TMPDIR");
	char name[4096];
	int fd;

	if (!dir)
		dir = tmp && tmp[0] ? tmp : "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(name, sizeof(name), "%s/twinboot-XXXXXX", dir);
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	return fd < 0 ? report_errno("cannot keep files in %s", dir) : fd;
}

char *scratch_name(int fd)
{
	char *name;

	if (asprintf(&name, "/proc/%d/fd/%d", getpid(), fd) < 0)
		abort();
	return name;
}
