/* Ctrl-C and its like: noted, so that what runs is ended in order. */
#ifndef TOOLS_INTERRUPT_H
#define TOOLS_INTERRUPT_H

#include <signal.h>

/* The last signal that came, or 0; may be set as if one had come. */
extern volatile sig_atomic_t interrupt_signal;

/* From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are only noted. */
void interrupt_catch(void);

/* SA for SIG; who is not to hear of a hang-up (nohup) does not. */
void interrupt_take(int sig, const struct sigaction *sa);

#endif
