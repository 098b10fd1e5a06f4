/*
 * Static program for a Linux guest: what the things cost that a kernel asks its
 * hypervisor for, by the guest's clock, each the best of ROUNDS.  On the first
 * processor only, so that others are idle.
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, PAGES = 1024, CALLS = 5000, FORKS = 30, EXECS = 15,
       TURNS = 300 };

static const char *self;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static char *map(void)
{
	return mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void touch(char *p)
{
	for (unsigned i = 0; i < PAGES; i++)
		((volatile char *)p)[i * 4096] = 1;
}

static uint64_t page_fault(void)
{
	char *p = map();
	uint64_t t = now();

	touch(p);
	t = now() - t;
	munmap(p, PAGES * 4096);
	return t / PAGES;
}

static uint64_t unmap(void)
{
	char *p = map();
	uint64_t t;

	touch(p);
	t = now();
	munmap(p, PAGES * 4096);
	return (now() - t) / PAGES;
}

static uint64_t system_call(void)
{
	uint64_t t = now();

	for (unsigned i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	return (now() - t) / CALLS;
}

static uint64_t fork_exit(void)
{
	uint64_t t = now();

	for (unsigned i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return (now() - t) / FORKS;
}

static uint64_t exec(void)
{
	uint64_t t = now();

	for (unsigned i = 0; i < EXECS; i++) {
		pid_t pid = fork();

		if (!pid) {
			execl(self, self, "child", NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
	}
	return (now() - t) / EXECS;
}

/* A byte goes to another process and back: two switches a turn. */
static uint64_t pipe_switch(void)
{
	int to[2], fro[2];
	uint64_t t;
	char c = 0;

	if (pipe(to) || pipe(fro))
		return 0;
	if (!fork()) {
		close(to[1]);
		while (read(to[0], &c, 1) == 1)
			if (write(fro[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	t = now();
	for (unsigned i = 0; i < TURNS; i++)
		if (write(to[1], &c, 1) != 1 || read(fro[0], &c, 1) != 1)
			return 0;
	t = now() - t;
	close(to[1]);
	wait(NULL);
	close(to[0]);
	close(fro[0]);
	close(fro[1]);
	return t / (2 * TURNS);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		uint64_t (*cost)(void);
	} op[] = {
		{ "page_fault", page_fault }, { "system_call", system_call },
		{ "fork_exit", fork_exit }, { "exec", exec },
		{ "pipe_switch", pipe_switch }, { "munmap", unmap },
	};
	cpu_set_t first;

	if (argc > 1)
		return 0;
	self = argv[0];
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	for (unsigned i = 0; i < sizeof(op) / sizeof(op[0]); i++) {
		uint64_t best = UINT64_MAX;

		for (unsigned k = 0; k < ROUNDS; k++) {
			uint64_t ns = op[i].cost();

			best = ns < best ? ns : best;
		}
		printf("OPS %s %lu\n", op[i].name, best);
	}
	return 0;
}
