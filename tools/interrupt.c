/* A pipe that nobody reads any more is an error of write(), not a signal. */
#include "tools/interrupt.h"

#include <stddef.h>

volatile sig_atomic_t interrupt_signal;

static void on_signal(int sig)
{
	interrupt_signal = sig;
}

void interrupt_take(int sig, const struct sigaction *sa)
{
	struct sigaction was;

	if (sig == SIGHUP && !sigaction(sig, NULL, &was) &&
	    was.sa_handler == SIG_IGN)
		return;
	sigaction(sig, sa, NULL);
}

void interrupt_catch(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction sa = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		interrupt_take(sigs[i], &sa);
	signal(SIGPIPE, SIG_IGN);
}
