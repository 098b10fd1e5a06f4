/* Any bytes as a unified kernel image. */
#include "tests/fuzz/carriedload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	carriedload(&uki_linux_format, data, size);
	return 0;
}
