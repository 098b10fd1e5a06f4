/*
 * Static program for a Linux guest: processes, memory, signals and floating
 * point until SECONDS have passed, each checking what it gets.  Prints one
 * line, "STRESS ok ROUNDS" or what was wrong.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *self;

static void wrong(const char *what)
{
	printf("STRESS wrong: %s\n", what);
	fflush(stdout);
	_exit(1);
}

/* A child writes shared memory; private memory is its own (copy on write). */
static void fork_memory(unsigned round)
{
	volatile uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t n = 64 + round % 64, i;
	uint32_t *own = malloc(n * 4096);
	int status;
	pid_t pid;

	for (i = 0; i < n; i++)
		own[i * 1024] = (uint32_t)(round + i);
	pid = fork();
	if (!pid) {
		for (i = 0; i < n; i++)
			own[i * 1024] = ~0u;
		*shared = round ^ 0x5a5a;
		_exit(round & 0x7f);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != (int)(round & 0x7f))
		wrong("a child's status");
	for (i = 0; i < n; i++)
		if (own[i * 1024] != round + i)
			wrong("memory after fork");
	if (*shared != (round ^ 0x5a5a))
		wrong("shared memory");
	munmap((void *)shared, 4096);
	free(own);
}

static void run_self(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(self, self, "child", NULL);
		_exit(99);
	}
	if (waitpid(pid, &status, 0) != pid || status != 42 << 8)
		wrong("exec");
}

static sigjmp_buf back;
static volatile sig_atomic_t faults, alarms;

static void fault(int sig)
{
	faults++;
	siglongjmp(back, 1);
}

static void tick(int sig)
{
	alarms++;
}

/* Map, protect, touch, remap, unmap; each forbidden touch is a SIGSEGV. */
static void memory_protection(unsigned round)
{
	size_t pages = 32 + round % 32;
	volatile size_t i;
	volatile char *p = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile char *q;

	for (i = 0; i < pages; i++)
		p[i * 4096] = (char)i;
	if (mprotect((void *)p, 4096 * (pages / 2), PROT_READ))
		wrong("mprotect");
	faults = 0;
	for (i = 0; i < pages; i++)
		if (!sigsetjmp(back, 1))
			p[i * 4096] = (char)(i + 1);
	if ((size_t)faults != pages / 2)
		wrong("protection");
	/* One kind of mapping again: mremap takes no two. */
	mprotect((void *)p, pages * 4096, PROT_READ | PROT_WRITE);
	q = mremap((void *)p, pages * 4096, pages * 8192, MREMAP_MAYMOVE);
	if (q == MAP_FAILED)
		wrong("mremap");
	for (i = 0; i < pages; i++)
		if (q[i * 4096] != (char)(i + (i >= pages / 2)))
			wrong("memory after mremap");
	madvise((void *)q, pages * 4096, MADV_DONTNEED);
	if (q[0])
		wrong("memory after madvise");
	munmap((void *)q, pages * 8192);
}

/* The same sum in two processes and two threads, timer signals in between. */
static double series(unsigned n)
{
	double sum = 0;

	for (unsigned i = 1; i < n; i++)
		sum += 1.0 / ((double)i * i) * (i & 1 ? 1 : -1);
	return sum;
}

static void *series_thread(void *arg)
{
	*(double *)arg = series(200000);
	return NULL;
}

static void floating_point(void)
{
	double want = series(200000), got = 0;
	pthread_t thread;
	int status;
	pid_t pid;

	pthread_create(&thread, NULL, series_thread, &got);
	pid = fork();
	if (!pid)
		_exit(series(200000) == want ? 0 : 1);
	if (series(200000) != want)
		wrong("floating point");
	pthread_join(thread, NULL);
	if (waitpid(pid, &status, 0) != pid || status || got != want)
		wrong("floating point of others");
}

int main(int argc, char **argv)
{
	struct itimerval every = { { 0, 3000 }, { 0, 3000 } };
	struct sigaction on_tick = { .sa_handler = tick,
				     .sa_flags = SA_RESTART };
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
	unsigned round;

	if (argc > 1 && !strcmp(argv[1], "child"))
		return 42;
	self = argv[0];
	signal(SIGSEGV, fault);
	sigaction(SIGALRM, &on_tick, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	for (round = 0; time(NULL) < end; round++) {
		fork_memory(round);
		run_self();
		memory_protection(round);
		floating_point();
	}
	if (!alarms)
		wrong("no timer signals");
	printf("STRESS ok %u\n", round);
	return 0;
}
