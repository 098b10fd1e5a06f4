/*
 * records DIR, for tests/system/power-cut.t: numbered records, of which it says
 * "ACK N" when the disk has promised to keep those up to N.  They go into one
 * file, every tenth also into a file of its own, which gets its name when it is
 * whole.  Meanwhile another process overwrites parts of a third file and asks
 * for no promise.  Both go on until the power is cut.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIBBLE_FILE (4u << 20)
#define SCRIBBLE 32768u
#define TOGETHER 5u	/* records for one promise */

static int failed(const char *what)
{
	perror(what);
	return 1;
}

/* Blocks that exist already, so that no write of these waits for a journal. */
static int scribble(void)
{
	int fd = open("scribble", O_RDWR | O_CREAT | O_DIRECT, 0600);
	char *buf = aligned_alloc(4096, SCRIBBLE);

	if (fd < 0 || !buf)
		return failed("scribble");
	for (unsigned n = 0;; n++) {
		off_t at = (off_t)n * SCRIBBLE;

		if (at >= SCRIBBLE_FILE)
			at = random() % (SCRIBBLE_FILE / 4096 - 7) * 4096;
		memset(buf, (int)n, SCRIBBLE);
		if (pwrite(fd, buf, SCRIBBLE, at) != (ssize_t)SCRIBBLE)
			return failed("scribble");
		if (n + 1 == SCRIBBLE_FILE / SCRIBBLE)
			fsync(fd);
	}
}

/* Its number, again and again; 8 to 4,000 bytes. */
static size_t record(char *buf, unsigned n)
{
	size_t len = 8 * (size_t)(n * 37 % 500 + 1);

	for (size_t i = 0; i < len; i += 8)
		sprintf(buf + i, "%08u", n);
	return len;
}

static int own_file(const char *buf, size_t len, unsigned n)
{
	int dir = open(".", O_RDONLY | O_DIRECTORY);
	int fd = open("new", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char name[16];
	int err;

	snprintf(name, sizeof(name), "%u", n);
	err = write(fd, buf, len) != (ssize_t)len || fsync(fd) ||
	      rename("new", name) || fsync(dir);
	close(fd);
	close(dir);
	return err;
}

int main(int argc, char **argv)
{
	static char buf[4096];
	int fd;

	if (argc != 2 || chdir(argv[1]))
		return failed("records DIR");
	if (!fork())
		return scribble();
	fd = open("records", O_WRONLY | O_CREAT | O_APPEND, 0600);
	for (unsigned n = 1;; n++) {
		size_t len = record(buf, n);

		if (write(fd, buf, len) != (ssize_t)len)
			return failed("record");
		if (n % TOGETHER)
			continue;
		if (fsync(fd) || (n % 10 == 0 && own_file(buf, len, n)))
			return failed("record");
		printf("ACK %u\n", n);
		fflush(stdout);
	}
}
