/*
 * A hostile guest of several vCPUs against the hypervisor's core (tests/core).
 */
#include "tests/core/play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	play(data, n, 16);
	return 0;
}
