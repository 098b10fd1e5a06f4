/* A setting of menu.lst's password line, and what is typed: "KEY\nSETTING". */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/crypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Ten thousand rounds and more only take long. */
static int is_slow(const char *setting)
{
	return !strncmp(setting + strcspn(setting, "r"), "rounds=", 7) &&
	       strspn(setting + strcspn(setting, "r") + 7, "0123456789") > 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *key = malloc(len + 1), *setting, out[CRYPT_MAX];

	memcpy(key, data, len);
	key[len] = 0;
	setting = strchr(key, '\n');
	err_clear();
	if (setting && !is_slow(setting + 1)) {
		*setting++ = 0;
		if (!crypt_hash(key, setting, out) &&
		    (strlen(out) < 22 || strlen(out) >= CRYPT_MAX))
			abort();
	}
	free(key);
	return 0;
}
