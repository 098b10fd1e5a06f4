/* The machine's clock, timers and other processors, for the host's core. */
#ifndef TESTS_CORE_FAKEMACHINE_H
#define TESTS_CORE_FAKEMACHINE_H

#include <stdint.h>

void fakemachine_reset(void);
/* So much time goes by: timers that end fire. */
void fakemachine_pass(uint64_t ns);

#endif
