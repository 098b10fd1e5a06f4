/*
 * Any bytes as both copies of the environment block, and as the file "default":
 * what is read from them can be changed and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/crc32.h"
#include "loader/env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct env_block copies[2];

/* The sums are made right, or nothing behind them would ever be reached. */
static void put_sums(void)
{
	for (unsigned i = 0; i < 2; i++) {
		memcpy(copies[i].magic, ENV_MAGIC, 8);
		copies[i].version = ENV_VERSION;
		copies[i].crc = crc32_more(0, &copies[i].sequence,
			sizeof(copies[i]) - offsetof(struct env_block,
						     sequence));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char value[ENV_VALUE];
	struct env e;

	memset(copies, 0, sizeof(copies));
	memcpy(copies, data, len < sizeof(copies) ? len : sizeof(copies));
	if (len & 1)
		put_sums();
	err_clear();
	if (!env_choose(&e, copies))
		return 0;
	env_get(&e, "once", value);
	if (!env_set(&e, "left-12345678", "2")) {
		env_make(&e, &copies[e.newest ^ 1]);
		if (!env_choose(&e, copies) ||
		    !env_get(&e, "left-12345678", value))
			abort();
	}
	env_set(&e, "once", NULL);
	return 0;
}
