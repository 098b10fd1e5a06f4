/* What is typed on a PC keyboard, as a terminal's bytes. */
#include "tests/unit/unit.h"

#include "pvboot/hv/machine/console/scancode.h"

/* All that CODES, up to 0, give. */
static const char *typed(struct scancode *s, const uint8_t *codes)
{
	static char text[64];

	text[0] = 0;
	for (; *codes; codes++)
		strcat(text, scancode_text(s, *codes));
	return text;
}

#define TYPED(want, ...) assert_string_equal(want, \
	typed(&s, (const uint8_t[]){ __VA_ARGS__, 0 }))

static void test_keys(void **state)
{
	struct scancode s = { 0 };

	TYPED("root", 0x13, 0x93, 0x18, 0x98, 0x18, 0x98, 0x14, 0x94);
	TYPED("\r", 0x1c, 0x9c);
	TYPED("a;'`\\z/ ", 0x1e, 0x27, 0x28, 0x29, 0x2b, 0x2c, 0x35, 0x39);
	TYPED("1=\177\tq]", 0x02, 0x0d, 0x0e, 0x0f, 0x10, 0x1b);
	TYPED("\033", 0x01);
}

static void test_shift(void **state)
{
	struct scancode s = { 0 };

	TYPED("A:~|?a", 0x2a, 0x1e, 0x27, 0x29, 0x2b, 0x35, 0xaa, 0x1e);
	TYPED("!+_", 0x36, 0x02, 0x0d, 0x0c, 0xb6);
	TYPED("AB1", 0x3a, 0xba, 0x1e, 0x30, 0x02);
	TYPED("a!", 0x2a, 0x1e, 0x02, 0xaa);
	TYPED("a", 0x3a, 0x1e);
	TYPED("\003\032", 0x1d, 0x2e, 0x2c, 0x9d);
	TYPED("c", 0x2e);
}

static void test_extended(void **state)
{
	struct scancode s = { 0 };

	TYPED("\033[A\033[B\033[D\033[C", 0xe0, 0x48, 0xe0, 0xc8, 0xe0, 0x50,
	      0xe0, 0x4b, 0xe0, 0x4d);
	/* An arrow comes with shifts that nobody pressed. */
	TYPED("\033[Ha", 0xe0, 0x2a, 0xe0, 0x47, 0xe0, 0xc7, 0xe0, 0xaa, 0x1e);
	TYPED("\003", 0xe0, 0x1d, 0x2e, 0xe0, 0x9d);
	TYPED("\r/", 0xe0, 0x1c, 0xe0, 0x35);
	TYPED("\033[21~", 0x44);
}

static void test_all(void **state)
{
	struct scancode s = { 0 };

	for (unsigned i = 0; i < 65536; i++)
		assert_true(strlen(scancode_text(&s, (uint8_t)(i * 40503 >> 3)))
			    < 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys), cmocka_unit_test(test_shift),
		cmocka_unit_test(test_extended), cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
