/*
 * /init of a guest, for x86-64-v3: two processes keep numbers in vector
 * registers of 256 bits while they take turns, and compare what comes out.
 * Prints "V3 ok" or what is wrong, and powers off.
 */
#include <immintrin.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNS = 20000, REGISTERS = 8 };

/* SEED's numbers through fused multiply-adds, with a turn after each. */
static double work(double seed, int yield)
{
	__m256d r[REGISTERS], sum = _mm256_setzero_pd();
	double out[4];

	for (int i = 0; i < REGISTERS; i++)
		r[i] = _mm256_set_pd(seed, seed + i, seed * 2, i);
	for (int t = 0; t < TURNS; t++) {
		for (int i = 0; i < REGISTERS; i++)
			r[i] = _mm256_fmadd_pd(r[i], _mm256_set1_pd(0.5),
					       _mm256_set1_pd(seed));
		if (yield)
			sched_yield();
	}
	for (int i = 0; i < REGISTERS; i++)
		sum = _mm256_add_pd(sum, r[i]);
	_mm256_storeu_pd(out, sum);
	return out[0] + out[1] + out[2] + out[3];
}

int main(void)
{
	int status = 1;
	pid_t child;

	if (!__builtin_cpu_supports("x86-64-v3"))
		puts("V3: this processor is none");
	child = fork();
	if (!child)
		_exit(work(1.5, 1) != work(1.5, 0));
	if (work(2.5, 1) != work(2.5, 0))
		puts("V3: wrong numbers");
	else if (waitpid(child, &status, 0) == child && !status)
		puts("V3 ok");
	else
		puts("V3: wrong numbers in the child");
	fflush(stdout);
	reboot(RB_POWER_OFF);
}
