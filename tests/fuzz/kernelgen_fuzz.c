/*
 * Any bytes as a kernel that kernelgen unpacks: what comes out is as long as
 * it says and no longer than a kernel may be, and what does not has a message.
 */
#include <stdint.h>
#include <stdlib.h>

#include "kernelgen/wrap.h"
#include "loader/base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = SIZE_MAX;
	uint8_t *out;

	err_clear();
	out = wrap_unpack(data, size, &len);
	if (out ? len > WRAP_MAX : !*err_text())
		abort();
	if (out && len)
		out[len - 1] ^= out[0];
	free(out);
	return 0;
}
