/*
 * The password line: [--md5 | --encrypted] PASSWORD [FILE].  What is typed and
 * what it is held against are compared whole, however soon they differ.
 */
#include "menu/auth.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/crypt.h"
#include "menu/screen/prompt.h"

#define TYPED_MAX 128u

/* Past OPTION and the blanks behind it, if S begins with it. */
static bool take_option(const char **s, const char *option)
{
	size_t len = strlen(option);

	if (strncmp(*s, option, len) || ((*s)[len] && (*s)[len] != ' '))
		return false;
	*s = lst_next_word(*s);
	return true;
}

/* Do the strings TYPED and the first LEN bytes of WANTED differ? */
static bool differ(const char *typed, const char *wanted, size_t len)
{
	size_t n = strlen(typed);
	unsigned sum = n != len;

	for (size_t i = 0; i < n && i < len; i++)
		sum |= (uint8_t)(typed[i] ^ wanted[i]);
	return sum;
}

static int ask(struct runner *r, char typed[TYPED_MAX])
{
	static const struct prompt prompt = { "Password: ", .hidden = true };

	typed[0] = 0;
	return prompt_line(r->p, &prompt, typed, TYPED_MAX) ? 0 :
		fail(ERR_AUTH, "no password was given");
}

static int check(struct runner *r, const char *wanted, size_t len, bool hashed)
{
	char typed[TYPED_MAX], setting[CRYPT_MAX], hash[CRYPT_MAX];
	int err = ask(r, typed);

	if (!err && hashed) {
		if (len >= sizeof(setting))
			err = fail(ERR_ARGUMENT, "password: no such hash");
		if (!err) {
			memcpy(setting, wanted, len);
			setting[len] = 0;
			err = crypt_hash(typed, setting, hash);
		}
		if (!err && differ(hash, wanted, len))
			err = fail(ERR_AUTH, "wrong password");
	} else if (!err && differ(typed, wanted, len)) {
		err = fail(ERR_AUTH, "wrong password");
	}
	memset(typed, 0, sizeof(typed));
	return err;
}

static int unlock(struct runner *r, const char *line)
{
	bool hashed = take_option(&line, "--md5") ||
		      take_option(&line, "--encrypted");
	size_t len = strcspn(line, " ");
	int err = check(r, line, len, hashed);
	const char *file = lst_next_word(line);

	if (!err && *file)
		err = run_configfile(r, file);
	return err;
}

int auth_unlock(struct runner *r)
{
	int err = run_begin(r, "password");

	return err ? err : unlock(r, r->config->lst.password);
}

int auth_password(struct runner *r, const char *args)
{
	return unlock(r, args);
}

/* Eight characters from the clock: equal passwords look different by them. */
static void make_salt(char setting[12])
{
	uint64_t v = __builtin_ia32_rdtsc() * 0x9e3779b97f4a7c15;

	memcpy(setting, "$1$", 3);
	for (unsigned i = 3; i < 11; i++, v >>= 6)
		setting[i] = crypt_digit(v & 63);
	setting[11] = 0;
}

int auth_md5crypt(struct runner *r, const char *args)
{
	char typed[TYPED_MAX], setting[12], hash[CRYPT_MAX];
	int err = ask(r, typed);

	make_salt(setting);
	if (!err)
		err = crypt_hash(typed, setting, hash);
	memset(typed, 0, sizeof(typed));
	if (!err)
		say(r->p, "Encrypted: %s\n", hash);
	return err;
}
