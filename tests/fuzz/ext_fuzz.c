/*
 * An ext2/3/4 file system from untrusted bytes: every name, some of every file.
 */
#include "tests/fuzz/fswalk.h"

#include "loader/fs/drivers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fswalk(&ext_driver, data, len);
	return 0;
}
