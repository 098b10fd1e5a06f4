/*
 * A setting: $SCHEME$ [rounds=N$] SALT.  What stands behind the salt, the hash
 * itself, is not looked at here.
 */
#include "loader/crypt.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/base/number.h"

char crypt_digit(unsigned v)
{
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";

	return digits[v & 63];
}

char *crypt_put(char *to, uint8_t a, uint8_t b, uint8_t c, unsigned n)
{
	uint32_t v = (uint32_t)a << 16 | (uint32_t)b << 8 | c;

	for (; n; n--, v >>= 6)
		*to++ = crypt_digit(v & 63);
	*to = 0;
	return to;
}

static size_t salt_length(const char *salt, size_t most)
{
	size_t len = strcspn(salt, "$");

	return len < most ? len : most;
}

/* "rounds=N$" at *S; without it *ROUNDS stays. */
static int take_rounds(const char **s, uint32_t *rounds)
{
	uint64_t n;

	if (strncmp(*s, "rounds=", 7))
		return 0;
	*s += 7;
	if (**s < '1' || **s > '9' ||
	    number_take(s, NULL, 0, UINT32_MAX, &n) || **s != '$' ||
	    n < CRYPT_ROUNDS_MIN || n > CRYPT_ROUNDS_MAX) {
		err_clear();
		return fail(ERR_ARGUMENT, "a hash of %u to %u rounds is taken",
			    CRYPT_ROUNDS_MIN, CRYPT_ROUNDS_MAX);
	}
	++*s;
	*rounds = (uint32_t)n;
	return 0;
}

static int hash_sha(const char *key, const char *setting, bool wide, char *out)
{
	const char *salt = setting + 3;
	uint32_t rounds = 5000;
	size_t len, head;
	int err = take_rounds(&salt, &rounds);

	if (err)
		return err;
	len = salt_length(salt, 16);
	head = (size_t)(salt - setting);
	fmt(out, CRYPT_MAX, "%.*s$", (int)(head + len), setting);
	crypt_sha(key, salt, len, rounds, wide, out + head + len + 1);
	return 0;
}

int crypt_hash(const char *key, const char *setting, char out[CRYPT_MAX])
{
	size_t len;

	if (strlen(key) >= CRYPT_KEY_MAX)
		return fail(ERR_ARGUMENT, "a password of more than %u bytes",
			    CRYPT_KEY_MAX - 1);
	if (!strncmp(setting, "$5$", 3) || !strncmp(setting, "$6$", 3))
		return hash_sha(key, setting, setting[1] == '6', out);
	if (strncmp(setting, "$1$", 3))
		return fail(ERR_ARGUMENT, "only $1$, $5$ and $6$ hashes of "
			    "passwords are known");
	len = salt_length(setting + 3, 8);
	fmt(out, CRYPT_MAX, "%.*s$", (int)(3 + len), setting);
	crypt_md5(key, setting + 3, len, out + 3 + len + 1);
	return 0;
}
