/* Any bytes as a FIT image. */
#include "tests/fuzz/carriedload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	carriedload(&fit_linux_format, data, size);
	return 0;
}
