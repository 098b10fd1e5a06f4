/*
 * $1$: Poul-Henning Kamp's scheme of FreeBSD 2.0, which GRUB's --md5 is.  What
 * is odd in it (a zero byte for one bits of the length) is what everybody's is.
 */
#include <string.h>

#include <md5.h>

#include "loader/crypt.h"

#define SIZE MD5_DIGEST_LENGTH
#define ROUNDS 1000u

static void add(MD5_CTX *ctx, const void *p, size_t len)
{
	MD5Update(ctx, p, len);
}

/* KEY and SALT in the way that the rounds begin from. */
static void begin(const char *key, size_t n, const char *salt, size_t len,
		  uint8_t sum[SIZE])
{
	MD5_CTX ctx;

	MD5Init(&ctx);
	add(&ctx, key, n);
	add(&ctx, salt, len);
	add(&ctx, key, n);
	MD5Final(sum, &ctx);
	MD5Init(&ctx);
	add(&ctx, key, n);
	add(&ctx, "$1$", 3);
	add(&ctx, salt, len);
	for (size_t left = n; left; left -= left < SIZE ? left : SIZE)
		add(&ctx, sum, left < SIZE ? left : SIZE);
	for (size_t bits = n; bits; bits >>= 1)
		add(&ctx, bits & 1 ? "" : key, 1);
	MD5Final(sum, &ctx);
}

void crypt_md5(const char *key, const char *salt, size_t len, char *to)
{
	size_t n = strlen(key);
	uint8_t sum[SIZE];
	MD5_CTX ctx;

	begin(key, n, salt, len, sum);
	for (unsigned i = 0; i < ROUNDS; i++) {
		MD5Init(&ctx);
		add(&ctx, i & 1 ? (const void *)key : sum, i & 1 ? n : SIZE);
		if (i % 3)
			add(&ctx, salt, len);
		if (i % 7)
			add(&ctx, key, n);
		add(&ctx, i & 1 ? sum : (const void *)key, i & 1 ? SIZE : n);
		MD5Final(sum, &ctx);
	}
	for (unsigned i = 0; i < 5; i++)
		to = crypt_put(to, sum[i], sum[i + 6],
			       sum[i == 4 ? 5 : i + 12], 4);
	crypt_put(to, 0, 0, sum[11], 2);
}
