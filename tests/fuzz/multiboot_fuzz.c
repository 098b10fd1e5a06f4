/* Any bytes as a Multiboot image. */
#include "tests/fuzz/multibootload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	multibootload(&multiboot_format, data, size);
	return 0;
}
