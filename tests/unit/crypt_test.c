/*
 * Password hashes, held against the host's libcrypt.
 */
#include "tests/unit/unit.h"

#include <crypt.h>
#include <stdio.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/crypt.h"

static struct crypt_data theirs;

static unsigned random_below(unsigned n)
{
	static uint64_t state = 15;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(state >> 33) % n;
}

static void same_as_libcrypt(const char *key, const char *setting)
{
	char ours[CRYPT_MAX];

	assert_int_equal(crypt_hash(key, setting, ours), 0);
	assert_string_equal(ours, crypt_r(key, setting, &theirs));
	/* A whole hash is a setting as well. */
	assert_int_equal(crypt_hash(key, ours, ours), 0);
	assert_string_equal(ours, crypt_r(key, setting, &theirs));
}

/* A thousand of every kind of key, salt and number of rounds. */
static void test_random(void **state)
{
	for (unsigned i = 0; i < 1000; i++) {
		char key[161] = "", setting[64];
		unsigned n = random_below(i % 10 ? 40 : 161), at = 3;

		for (unsigned k = 0; k < n; k++)
			key[k] = (char)(1 + random_below(255));
		strcpy(setting, i % 3 == 0 ? "$1$" : i % 3 == 1 ? "$5$" :
		       "$6$");
		if (i % 3 && random_below(2))
			at += (unsigned)sprintf(setting + 3, "rounds=%u$",
						1000 + random_below(300));
		for (n = 1 + random_below(16); n; n--)
			setting[at++] = crypt_digit(random_below(64));
		setting[at] = 0;
		same_as_libcrypt(key, setting);
	}
}

/* The examples of the SHA-crypt document, and one that people search for. */
static void test_known(void **state)
{
	static const struct {
		const char *key, *hash;
	} known[] = {
		{ "Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY"
		  "/GNooZaBBGWEc5" },
		{ "Hello world!", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwS"
		  "MHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1" },
		{ "", "$1$$qRPK7m23GJusamGpoGLby/" },
	};
	char ours[CRYPT_MAX];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_int_equal(crypt_hash(known[i].key, known[i].hash, ours),
				 0);
		assert_string_equal(ours, known[i].hash);
	}
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "$", "$1", "$2a$05$abcdefghijklmnopqrstuu",
		"$5$rounds=999$x", "$6$rounds=1000001$x", "$6$rounds=5000",
		"$6$rounds=-1$x", "$6$rounds=0x2000$x", "$6$rounds=$x",
		"$6$rounds=99999999999999999999$x", "$y$j9T$x",
	};
	char key[CRYPT_KEY_MAX + 1], ours[CRYPT_MAX];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear();
		assert_int_equal(crypt_hash("x", bad[i], ours), ERR_ARGUMENT);
		assert_non_null(strstr(err_text(), "Error 30"));
	}
	memset(key, 'k', sizeof(key));
	key[CRYPT_KEY_MAX] = 0;
	err_clear();
	assert_int_equal(crypt_hash(key, "$5$x", ours), ERR_ARGUMENT);
	key[CRYPT_KEY_MAX - 1] = 0;
	same_as_libcrypt(key, "$6$x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
