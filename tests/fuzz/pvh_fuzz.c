/* Any bytes as an ELF file with a PVH note. */
#include "tests/fuzz/multibootload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	multibootload(&pvh_format, data, size);
	return 0;
}
