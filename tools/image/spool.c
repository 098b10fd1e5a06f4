/*
 * The spool: one file without a name, on a disk because it is as large as what
 * an input holds.  Bytes are only ever put behind the last.
 */
#include "tools/image/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/report.h"

#define SPOOL_BUF (1u << 20)

static struct {
	const char *dir;
	int fd;			/* 0: not made yet */
	uint64_t size;		/* with what is still in BUF */
	size_t held;
	uint8_t buf[SPOOL_BUF];
} spool;

void spool_begin(const char *dir)
{
	spool.dir = dir;
}

void spool_end(void)
{
	if (spool.fd)
		close(spool.fd);
	spool.fd = 0;
	spool.size = spool.held = 0;
	spool.dir = NULL;
}

static int spool_open(void)
{
	const char *tmp = getenv("TMPDIR");
	const char *dir = spool.dir ? spool.dir : tmp && tmp[0] ? tmp : "/tmp";
	char name[4096];

	spool.fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (spool.fd < 0) {
		snprintf(name, sizeof(name), "%s/twinboot-XXXXXX", dir);
		spool.fd = mkostemp(name, O_CLOEXEC);
		if (spool.fd >= 0)
			unlink(name);
	}
	if (spool.fd >= 0)
		return 0;
	spool.fd = 0;
	return report_errno("cannot keep files in %s", dir);
}

static int spool_flush(void)
{
	uint64_t at = spool.size - spool.held;

	for (size_t done = 0; done < spool.held; ) {
		ssize_t n = pwrite(spool.fd, spool.buf + done,
				   spool.held - done, (off_t)(at + done));

		if (n < 0 && errno != EINTR)
			return report_errno("keeping files of the input in a "
					    "scratch file");
		done += n > 0 ? (size_t)n : 0;
	}
	spool.held = 0;
	return 0;
}

int spool_put(const uint8_t *p, size_t len)
{
	if (!spool.fd && spool_open())
		return -1;
	while (len) {
		size_t n = sizeof(spool.buf) - spool.held;

		if (n > len)
			n = len;
		memcpy(spool.buf + spool.held, p, n);
		spool.held += n;
		spool.size += n;
		p += n;
		len -= n;
		if (spool.held == sizeof(spool.buf) && spool_flush())
			return -1;
	}
	return 0;
}

uint64_t spool_size(void)
{
	return spool.size;
}

int spool_readable(int *fd)
{
	if (spool.held && spool_flush())
		return -1;
	*fd = spool.fd;
	return 0;
}
