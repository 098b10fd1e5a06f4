/*
 * The environment block: its text, and what a power cut leaves of it.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/bootarea.h"
#include "loader/envstore.h"
#include "tests/memdisk.h"

#define SECTORS 2048u
#define UNIT 4096u

static uint8_t image[SECTORS * 512];
static struct memdisk disk;
static struct part_list parts;
static uint8_t room[1 << 17];
static struct arena arena;
static struct envstore store;

/* A write that is cut: so many bytes get to the disk, then noise, then none. */
static unsigned cut_at, noise;
static bool cut;

static int cut_write(struct blk *b, uint64_t lba, uint32_t n, const void *buf)
{
	struct memdisk *d = b->priv;
	size_t len = (size_t)n * b->sector, done = len;

	if (cut) {
		done = cut_at < len ? cut_at : len;
		for (size_t i = done; i < len && i < done + noise; i++)
			d->data[lba * b->sector + i] ^= (uint8_t)(i * 7 + 1);
	}
	memcpy(d->data + lba * b->sector, buf, done);
	return cut ? fail(ERR_WRITE, "cut") : 0;
}

static struct envstore_places places(void)
{
	arena = (struct arena){ room, sizeof(room), 0 };
	err_clear();
	return (struct envstore_places){ &disk.blk, &parts, NULL, &arena };
}

static int find(void)
{
	struct envstore_places at = places();

	return envstore_find(&store, &at);
}

static int make(void)
{
	struct envstore_places at = places();

	return envstore_make(&store, &at);
}

static int fresh(void **state)
{
	memset(image, 0, sizeof(image));
	memdisk_init(&disk, image, sizeof(image), 512);
	disk.blk.write = cut_write;
	cut = false;
	memset(&parts, 0, sizeof(parts));
	parts.table = PART_MBR;
	parts.n = 1;
	parts.part[0] = (struct part){ .first = 1024, .count = 1024,
				       .mbr_type = 0x83 };
	return 0;
}

static void has(const char *name, const char *value)
{
	char got[ENV_VALUE];

	if (!env_get(&store.env, name, got))
		strcpy(got, "(none)");
	assert_string_equal(got, value);
}

static void test_text(void **state)
{
	char big[ENV_TEXT], name[16];
	int n = 0;

	assert_int_equal(find(), ERR_FILE_NOT_FOUND);
	assert_int_equal(make(), 0);
	assert_int_equal(env_set(&store.env, "a", "1"), 0);
	assert_int_equal(env_set(&store.env, "ab", "two words"), 0);
	assert_int_equal(env_set(&store.env, "a", ""), 0);
	assert_string_equal(store.env.text, "ab=two words\na=\n");
	assert_int_equal(envstore_save(&store), 0);
	assert_int_equal(find(), 0);
	has("a", "");
	has("ab", "two words");
	has("b", "(none)");
	assert_int_equal(env_set(&store.env, "ab", NULL), 0);
	assert_int_equal(env_set(&store.env, "none", NULL), 0);
	assert_string_equal(store.env.text, "a=\n");
	memset(big, 'x', sizeof(big));
	big[ENV_VALUE] = 0;
	assert_int_equal(env_set(&store.env, "", "x"), ERR_ARGUMENT);
	assert_int_equal(env_set(&store.env, "a b", "x"), ERR_ARGUMENT);
	assert_int_equal(env_set(&store.env, "a=b", "x"), ERR_ARGUMENT);
	assert_int_equal(env_set(&store.env, big, "x"), ERR_ARGUMENT);
	assert_int_equal(env_set(&store.env, "a", big), ERR_ARGUMENT);
	assert_int_equal(env_set(&store.env, "a", "x\n"), ERR_ARGUMENT);
	assert_int_equal(env_set(&store.env, "a", "x "), ERR_ARGUMENT);
	big[ENV_VALUE - 1] = 0;
	do
		snprintf(name, sizeof(name), "n%d", n++);
	while (!env_set(&store.env, name, big));
	assert_in_range(n, 50, 70);
	has("a", "");
	has("n0", big);
	assert_int_equal(envstore_save(&store), 0);
	assert_int_equal(find(), 0);
	has("n3", big);
}

/* Fifty writes that are cut somewhere: the old text or the new. */
static void test_power_cut(void **state)
{
	char was[16] = "0", is[16];
	unsigned old = 0, new = 0;

	srand(15);
	assert_int_equal(make(), 0);
	assert_int_equal(env_set(&store.env, "n", was), 0);
	assert_int_equal(envstore_save(&store), 0);
	for (unsigned i = 1; i <= 50; i++) {
		snprintf(is, sizeof(is), "%u", i);
		assert_int_equal(find(), 0);
		has("n", was);
		assert_int_equal(env_set(&store.env, "n", is), 0);
		cut = true;
		cut_at = i % 5 ? (unsigned)rand() % 64 : (unsigned)rand() %
			(UNIT + 1);
		noise = (unsigned)rand() % 3 * 300;
		assert_int_equal(envstore_save(&store), ERR_WRITE);
		cut = false;
		assert_int_equal(find(), 0);
		if (strstr(store.env.text, was)) {
			has("n", was);
			old++;
		} else {
			has("n", is);
			strcpy(was, is);
			new++;
		}
		/* What comes next is not hurt by it. */
		snprintf(was, sizeof(was), "%u", i + 1000);
		assert_int_equal(env_set(&store.env, "n", was), 0);
		assert_int_equal(envstore_save(&store), 0);
	}
	assert_true(old && new);
}

/* The count of writes goes round. */
static void test_round(void **state)
{
	assert_int_equal(make(), 0);
	store.env.sequence = UINT32_MAX - 3;
	assert_int_equal(envstore_save(&store), 0);
	assert_int_equal(envstore_save(&store), 0);
	for (unsigned i = 0; i < 6; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", i);
		assert_int_equal(env_set(&store.env, "n", text), 0);
		assert_int_equal(envstore_save(&store), 0);
		assert_int_equal(find(), 0);
		has("n", text);
	}
}

/* What somebody else has there is left alone. */
static void test_used(void **state)
{
	struct bootarea area;
	uint64_t lba;

	assert_true(bootarea_find(&disk.blk, &parts, &area));
	assert_true(bootarea_unit(&disk.blk, &area, BOOTAREA_ENV_B, &lba));
	image[lba * 512 + 4095] = 1;
	assert_int_equal(find(), ERR_FILE_NOT_FOUND);
	assert_int_equal(make(), ERR_NO_SPARE_SECTORS);
	image[lba * 512 + 4095] = 0;
	disk.blk.write = NULL;
	assert_int_equal(make(), ERR_WRITE);
	disk.blk.write = cut_write;
	assert_int_equal(make(), 0);
	parts.part[0].first = 20;
	assert_int_equal(make(), ERR_NO_SPARE_SECTORS);
}

/* Both copies at once are damaged in every bit that counts: none is taken. */
static void test_damage(void **state)
{
	struct env_block copies[2];
	struct env e = { 0 };

	memset(copies, 0, sizeof(copies));
	assert_int_equal(env_set(&e, "x", "y"), 0);
	env_make(&e, &copies[0]);
	for (unsigned bit = 0; bit < 8 * UNIT; bit++) {
		uint8_t *p = (uint8_t *)copies + bit / 8;
		struct env got;

		*p ^= (uint8_t)(1 << bit % 8);
		assert_false(env_choose(&got, copies));
		*p ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_text, fresh),
		cmocka_unit_test_setup(test_power_cut, fresh),
		cmocka_unit_test_setup(test_round, fresh),
		cmocka_unit_test_setup(test_used, fresh),
		cmocka_unit_test_setup(test_damage, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
