/* Stands in for ../unpack_lzo.c in a build without liblzo2. */
#include "loader/base/err.h"
#include "loader/unpack/methods.h"

static int run(struct unpack_io *io)
{
	return fail(ERR_EXEC_FORMAT, "lzo: left out of this build (LZO=0)");
}

const struct unpack_method unpack_lzo = {
	.name = "lzo",
	.magic = { 0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n' },
	.magic_len = 9,
	.run = run,
};
