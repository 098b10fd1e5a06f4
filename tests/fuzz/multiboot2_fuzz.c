/* Any bytes as a Multiboot 2 image. */
#include "tests/fuzz/multibootload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	multibootload(&multiboot2_format, data, size);
	return 0;
}
