/*
 * Static program for a Linux guest: what a context switch and a read of 1 MiB
 * past the page cache cost, in TSC ticks.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SWITCHES 2000
#define READS 16

static uint64_t tsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

/* A byte goes to and fro between two processes: two switches a round. */
static uint64_t switches(void)
{
	int to[2], fro[2];
	uint64_t t;
	char c = 0;

	if (pipe(to) || pipe(fro))
		return 0;
	if (!fork()) {
		while (read(to[0], &c, 1) == 1 && c != 'q')
			if (write(fro[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	t = tsc();
	for (int i = 0; i < SWITCHES / 2; i++)
		if (write(to[1], &c, 1) != 1 || read(fro[0], &c, 1) != 1)
			return 0;
	t = tsc() - t;
	c = 'q';
	if (write(to[1], &c, 1) != 1)
		return 0;
	wait(NULL);
	return t / SWITCHES;
}

static uint64_t reads(const char *disk)
{
	int fd = open(disk, O_RDONLY | O_DIRECT);
	void *buf = aligned_alloc(4096, 1 << 20);
	uint64_t t = tsc();

	for (int i = 0; i < READS; i++)
		if (pread(fd, buf, 1 << 20, (off_t)i << 20) != 1 << 20)
			return 0;
	return (tsc() - t) / READS;
}

int main(int argc, char **argv)
{
	printf("COST context_switch %lu\n", switches());
	printf("COST read_1MiB %lu\n", reads(argc > 1 ? argv[1] : "/dev/xvda"));
	return 0;
}
