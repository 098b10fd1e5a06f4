/* FIT images: what one carries, and its hashes. */
#include "tests/unit/fitmade.h"

static void fails(const char *why)
{
	assert_int_equal(load_made(), ERR_EXEC_FORMAT);
	assert_null(loaded);
	assert_non_null(strstr(err_text(), why));
	assert_non_null(strstr(err_text(), "/x.itb"));
	setup(NULL);
}

static void test_carried(void **state)
{
	assert_int_equal(load(), 0);
	holds(&loaded->kernel, "LINUX-KERNEL");
	assert_string_equal(loaded->args, "mine");
	assert_int_equal(loaded->n_modules, 1);
	assert_true(loaded->initrd_given);
	holds(&loaded->module[0].file, "INITRD");
	assert_string_equal(said, "");
	/* The entry is as it was; its own initrds follow. */
	assert_int_equal(entry.n_modules, 0);
	entry.n_modules = 1;
	fs_mem_file(&entry.module[0].file, "more", 4);
	assert_int_equal(load(), 0);
	holds(&loaded->module[0].file, "INITRD");
	holds(&loaded->module[1].file, "more");
	entry.n_modules = BOOT_MODULES;
	assert_int_equal(load(), ERR_NO_MEMORY);
	entry.n_modules = 0;
	ramdisk = NULL;
	assert_int_equal(load_made(), 0);
	assert_int_equal(loaded->n_modules, 0);
}

static void test_uppermem(void **state)
{
	entry.upper_kib = 1;
	assert_int_equal(load(), 0);
	assert_string_equal(loaded->args, "mine");
	kernel_data = carried_bzimage();
	assert_int_equal(load_made(), 0);
	assert_string_equal(loaded->args, "mine mem=1025K");
	entry.no_mem_option = true;
	assert_int_equal(load(), 0);
	assert_string_equal(loaded->args, "mine");
}

static void test_external(void **state)
{
	external = OFFSET;
	assert_int_equal(load_made(), 0);
	holds(&loaded->kernel, "LINUX-KERNEL");
	external = POSITION;
	assert_int_equal(load_made(), 0);
	holds(&loaded->kernel, "LINUX-KERNEL");
	image[BEHIND + 7] ^= 1;
	assert_int_equal(load(), ERR_EXEC_FORMAT);
}

/* Any bit of the data counts, and any of the value. */
static void test_hashes(void **state)
{
	static const char *const known[] = { "sha256", "crc32" };

	for (int i = 0; i < 2; i++) {
		uint8_t *data;

		kernel_hash = known[i];
		assert_int_equal(load_made(), 0);
		data = memmem(image, sizeof(image), "LINUX-KERNEL", 12);
		data[11] ^= 0x80;
		assert_int_equal(load(), ERR_EXEC_FORMAT);
		assert_non_null(strstr(err_text(), "kernel-1 is damaged"));
		assert_non_null(strstr(err_text(), known[i]));
		data[11] ^= 0x80;
		assert_int_equal(load(), 0);
	}
	*(uint8_t *)memmem(image, sizeof(image), "INITRD", 6) = 'i';
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "ramdisk-1 is damaged"));
}

static void test_other_hashes(void **state)
{
	kernel_hash = "sha1";
	fails("sha1");
	kernel_hash = "sha1";
	second_hash = "sha256";
	assert_int_equal(load_made(), 0);
	assert_non_null(strstr(said, "sha1 of kernel-1 is not checked"));
	/* Where nobody computes it, it cannot be believed either. */
	setup(NULL);
	platform.hash = NULL;
	assert_int_equal(load(), ERR_EXEC_FORMAT);
}

static void test_signature(void **state)
{
	extra = "signature-1";
	assert_int_equal(load_made(), 0);
	assert_string_equal(said, "/x.itb: its signatures are not checked\n");
}

static void test_compression(void **state)
{
	compression = "lzma";
	fails("lzma");
	compression = "gzip";
	kernel_data = "\x1f\x8b\b and what follows it";
	platform.unpack = fake_unpack;
	assert_int_equal(load_made(), 0);
	holds(&loaded->kernel, "LINUX-UNPACKED");
}

static void test_refused(void **state)
{
	arch = "arm64";
	fails("arm64");
	arch = "\x1b[2J";
	fails("is for \"\"");
	ramdisk = "none";
	fails("no ramdisk \"none\"");
	kernel_data = "linux";
	fails("/x.itb");
	/* Without hashes it is taken, as U-Boot does. */
	memcpy(memmem(image, sizeof(image), "hash-1", 6), "none", 4);
	assert_int_equal(load(), 0);
}

/* A hash's value that is cut or has more is none, however right the rest is. */
static void test_hash_size(void **state)
{
	static const uint32_t wrong[] = { 0, 1, HASH_SIZE - 4, HASH_SIZE + 4 };

	for (int i = 0; i < 4; i++) {
		value_len = wrong[i];
		fails("is damaged");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_carried, setup),
		cmocka_unit_test_setup(test_uppermem, setup),
		cmocka_unit_test_setup(test_external, setup),
		cmocka_unit_test_setup(test_hashes, setup),
		cmocka_unit_test_setup(test_other_hashes, setup),
		cmocka_unit_test_setup(test_signature, setup),
		cmocka_unit_test_setup(test_compression, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_hash_size, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
