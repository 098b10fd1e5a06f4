/* twinboot.conf, key by key. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/settings.h"

static char told[4096];
static struct settings s;

static void tell(void *ctx, const char *line)
{
	assert_ptr_equal(ctx, &s);
	strcat(strcat(told, line), "|");
}

static void parse(const char *text)
{
	told[0] = 0;
	memset(&s, 0xa5, sizeof(s));
	settings_parse(&s, text, tell, &s);
}

static void test_keys(void **state)
{
	static const struct {
		const char *text, *guest, *told;
		enum settings_pv pv;
		int record;	/* 0, 1, 2: with hashes */
		int hd0, bls;
	} c[] = {
		{ "", "", "" },
		{ "\n\r\n \t\n# pv=always\n  #\n", "", "" },
		{ "pv=always", "", "", SETTINGS_PV_ALWAYS },
		{ " \tpv=always \r\n", "", "", SETTINGS_PV_ALWAYS },
		{ "pv=never\n", "", "", SETTINGS_PV_NEVER },
		{ "pv=always\npv=auto\n", "", "" },
		{ "pv\npv=\npv=yes\npv=Always\npv =always\n", "",
		  "pv|pv=|pv=yes|pv=Always|pv =always|" },
		{ "boot-record", "", "", SETTINGS_PV_AUTO, 1 },
		{ "boot-record=hash\nboot-record\n", "", "",
		  SETTINGS_PV_AUTO, 2 },
		{ "boot-record=\nboot-record=x\nboot-recording\nboot\n", "",
		  "boot-record=|boot-record=x|boot-recording|boot|" },
		{ "bls=\nbls=no\n", "", "bls=|bls=no|" },
		{ "bls\n", "", "", SETTINGS_PV_AUTO, 0, 0, 1 },
		{ "vbd=xvda1:hd0\npv=always\nvif=none", "vbd=xvda1:hd0 "
		  "vif=none", "", SETTINGS_PV_ALWAYS },
		{ "vbd\nvbd=\nvbd=a mem=1G\nvif=a\tb\nvbd=xvda:hd0,0,ro",
		  "vbd=xvda:hd0,0,ro",
		  "vbd|vbd=|vbd=a mem=1G|vif=a\tb|" },
		{ "=\n=x\ntimeout 3\n", "", "=|=x|timeout 3|" },
		{ "hd0=hd0,0\n", "", "", SETTINGS_PV_AUTO, 0, 1 },
		{ "hd0=hd0,254\n", "", "", SETTINGS_PV_AUTO, 0, 255 },
		{ "hd0\nhd0=\nhd0=hd0\nhd0=hd0,\nhd0=hd0,255\nhd0=hd0,0,1\n"
		  "hd0=hd1,0\n", "", "hd0|hd0=|hd0=hd0|hd0=hd0,|hd0=hd0,255|"
		  "hd0=hd0,0,1|hd0=hd1,0|" },
	};

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		parse(c[i].text);
		assert_string_equal(told, c[i].told);
		assert_string_equal(s.guest, c[i].guest);
		assert_int_equal(s.pv, c[i].pv);
		assert_int_equal(s.record + s.record_hash, c[i].record);
		assert_int_equal(s.hd0, c[i].hd0);
		assert_int_equal(s.bls, c[i].bls);
		assert_string_equal(err_text(), "");
	}
}

/* What does not fit is told as a whole, and what is there stays whole. */
static void test_full(void **state)
{
	char text[2 * SETTINGS_GUEST];
	int n = snprintf(text, sizeof(text), "vbd=%0*d", SETTINGS_GUEST - 5,
			 0);

	parse(text);
	assert_int_equal(strlen(s.guest), 0);
	assert_int_equal(strlen(told), 65);
	text[n - 1] = 0;
	parse(text);
	assert_int_equal(strlen(s.guest), n - 1);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	parse(text);
	assert_int_equal(strlen(told), 65);
	for (text[0] = 0, n = 0; n < 40; n++)
		strcat(text, "vif=net0123456789\n");
	parse(text);
	assert_int_equal((strlen(s.guest) + 1) % 18, 0);
	assert_true(strlen(s.guest) < sizeof(s.guest));
	assert_true(told[0]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
