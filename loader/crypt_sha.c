/*
 * $5$ and $6$: Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512" (public
 * domain), version 0.6.  Step numbers are that document's.
 */
#include <string.h>

#include <sha2.h>

#include "loader/crypt.h"

#define SALT_MAX 16

static const struct digest {
	size_t size;
	void (*init)(SHA2_CTX *ctx);
	void (*update)(SHA2_CTX *ctx, const uint8_t *p, size_t len);
	void (*final)(uint8_t *sum, SHA2_CTX *ctx);
} sha256 = { SHA256_DIGEST_LENGTH, SHA256Init, SHA256Update, SHA256Final },
  sha512 = { SHA512_DIGEST_LENGTH, SHA512Init, SHA512Update, SHA512Final };

/* Steps 4 to 12: what the rounds begin from. */
static void begin(const struct digest *d, const char *key, size_t n,
		  const char *salt, size_t len, uint8_t *sum)
{
	const uint8_t *k = (const uint8_t *)key, *s = (const uint8_t *)salt;
	SHA2_CTX ctx;

	d->init(&ctx);
	d->update(&ctx, k, n);
	d->update(&ctx, s, len);
	d->update(&ctx, k, n);
	d->final(sum, &ctx);
	d->init(&ctx);
	d->update(&ctx, k, n);
	d->update(&ctx, s, len);
	for (size_t left = n; left; left -= left < d->size ? left : d->size)
		d->update(&ctx, sum, left < d->size ? left : d->size);
	for (size_t bits = n; bits; bits >>= 1)
		d->update(&ctx, bits & 1 ? sum : k, bits & 1 ? d->size : n);
	d->final(sum, &ctx);
}

/* Steps 13 to 20: LEN bytes TO, made of P said TIMES over. */
static void stretch(const struct digest *d, const char *p, size_t len,
		    unsigned times, uint8_t *to)
{
	uint8_t sum[SHA512_DIGEST_LENGTH];
	SHA2_CTX ctx;

	d->init(&ctx);
	for (; times; times--)
		d->update(&ctx, (const uint8_t *)p, len);
	d->final(sum, &ctx);
	for (size_t i = 0; i < len; i++)
		to[i] = sum[i % d->size];
}

/* Step 22: the bytes of the sum in the order of each scheme. */
static void put(const struct digest *d, const uint8_t *sum, char *to)
{
	bool wide = d->size == SHA512_DIGEST_LENGTH;
	unsigned a = 0, step = wide ? 21 : 10, b = step, c = 2 * step;

	for (unsigned i = 0; i < step; i++) {
		unsigned first = a;

		to = crypt_put(to, sum[a], sum[b], sum[c], 4);
		if (wide) {
			a = b + 1;
			b = c + 1;
			c = first + 1;
		} else {
			a = c + 1;
			c = b + 1;
			b = first + 1;
		}
	}
	if (wide)
		crypt_put(to, 0, 0, sum[63], 2);
	else
		crypt_put(to, 0, sum[31], sum[30], 3);
}

void crypt_sha(const char *key, const char *salt, size_t len, uint32_t rounds,
	       bool wide, char *to)
{
	const struct digest *d = wide ? &sha512 : &sha256;
	uint8_t sum[SHA512_DIGEST_LENGTH], p[CRYPT_KEY_MAX], s[SALT_MAX];
	size_t n = strlen(key);
	SHA2_CTX ctx;

	begin(d, key, n, salt, len, sum);
	stretch(d, key, n, (unsigned)n, p);
	stretch(d, salt, len, 16u + sum[0], s);
	for (uint32_t i = 0; i < rounds; i++) {		/* step 21 */
		d->init(&ctx);
		d->update(&ctx, i & 1 ? p : sum, i & 1 ? n : d->size);
		if (i % 3)
			d->update(&ctx, s, len);
		if (i % 7)
			d->update(&ctx, p, n);
		d->update(&ctx, i & 1 ? sum : p, i & 1 ? d->size : n);
		d->final(sum, &ctx);
	}
	put(d, sum, to);
}
