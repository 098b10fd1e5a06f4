/*
 * The spool: one file without a name, on a disk because it is as large as what
 * an input holds.  Bytes are only ever put behind the last.
 */
#include "tools/image/tree/spool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tools/report.h"
#include "tools/tempfile.h"

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
	int fd = tempfile_open(spool.dir);

	spool.fd = fd < 0 ? 0 : fd;
	return fd < 0 ? -1 : 0;
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
