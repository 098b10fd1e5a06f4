/*
 * The crypt(3) schemes of passwords in menu.lst, over libmd's digests: $1$
 * (MD5), $5$ (SHA-256), $6$ (SHA-512).  Pure.
 */
#ifndef LOADER_CRYPT_H
#define LOADER_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPT_MAX 128u		/* bytes of any hash, with its NUL */
#define CRYPT_KEY_MAX 256u	/* bytes of a password */
#define CRYPT_ROUNDS_MIN 1000u
#define CRYPT_ROUNDS_MAX 1000000u	/* a few seconds of any machine */

/*
 * The hash of KEY by SETTING, "$6$rounds=5000$salt" or a whole hash, into OUT.
 * ERR_ARGUMENT for a scheme, a number of rounds or a length that is none of
 * ours; the details never have the setting in them.
 */
int crypt_hash(const char *key, const char *setting, char out[CRYPT_MAX]);

/* Digit V (0..63) of crypt(3)'s base 64. */
char crypt_digit(unsigned v);

/*
 * For a scheme's own file: N digits for the bytes A, B and C, the lowest
 * first.  Returns where the next go.
 */
char *crypt_put(char *to, uint8_t a, uint8_t b, uint8_t c, unsigned n);

/* The schemes: SALT has LEN bytes.  Only crypt_hash() calls them. */
void crypt_md5(const char *key, const char *salt, size_t len, char *to);
void crypt_sha(const char *key, const char *salt, size_t len, uint32_t rounds,
	       bool wide, char *to);	/* wide: SHA-512, else SHA-256 */

#endif
