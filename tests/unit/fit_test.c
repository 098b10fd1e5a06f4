/* FIT images: what one carries, its hashes, and trees that are wrong. */
#include "tests/unit/carried.h"

#include <stdio.h>

#include "loader/base/err.h"
#include "loader/disk/crc32.h"
#include "loader/hash.h"
#include "loader/kernel/fit.h"
#include "loader/kernel/fit_tree.h"
#include "loader/platform.h"

#define TREE 0x40u		/* structure block; its strings at STRINGS */
#define STRINGS 0x3000u
#define TOTAL 0x3800u
#define BEHIND (TOTAL + 0x100u)

static uint8_t image[0x4000], room[1 << 19];
static struct platform platform;
static uint32_t at, names, value_len, behind;
static char said[512];

static int load_fit(struct boot_entry *e, const struct memmap *map,
		    struct arena *a, struct handover *ho)
{
	return fit_load(kernels, e, map, a, ho);
}

static const struct kernel_format format = { "fit", fit_probe, load_fit,
					     BY_KERNEL };

static void fake_write(const char *s, size_t len)
{
	size_t n = strlen(said);

	snprintf(said + n, sizeof(said) - n, "%.*s", (int)len, s);
}

/* A kernel that is "gzip'd" comes out as what it should be. */
static int fake_unpack(const struct platform *p, const char *path,
		       struct file *f, struct file *out)
{
	fs_mem_file(out, "LINUX-UNPACKED", 14);
	return 0;
}

static void put(uint32_t where, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		image[where + (uint32_t)i] = (uint8_t)(v >> (24 - 8 * i));
}

static void word(uint32_t v)
{
	put(at, v);
	at += 4;
}

static void bytes(const void *p, uint32_t len)
{
	memcpy(image + at, p, len);
	at += (len + 3) & ~3u;
}

static void begin(const char *name)
{
	word(1);
	bytes(name, (uint32_t)strlen(name) + 1);
}

static void end(void)
{
	word(2);
}

static void prop(const char *name, const void *value, uint32_t len)
{
	word(3);
	word(len);
	word(names);
	memcpy(image + STRINGS + names, name, strlen(name) + 1);
	names += (uint32_t)strlen(name) + 1;
	bytes(value, len);
}

static void text(const char *name, const char *value)
{
	prop(name, value, (uint32_t)strlen(value) + 1);
}

static void number(const char *name, uint32_t v)
{
	put(at + 12, v);
	prop(name, image + at + 12, 4);
}

static void hash(const char *name, const char *algo, const void *data,
		 size_t len)
{
	uint8_t value[HASH_SIZE + 4] = { 0 };
	struct arena arena = { room, sizeof(room), 0 };
	struct platform p = { .arena = &arena };
	uint32_t crc = crc32_more(0, data, len);
	struct file f;

	fs_mem_file(&f, data, len);
	assert_int_equal(hash_file(&p, &f, value), 0);
	begin(name);
	text("algo", algo);
	if (!strcmp(algo, "crc32"))
		number("value", crc);
	else
		prop("value", value, value_len);
	end();
}

/* What the tests change, by name. */
static const char *arch, *compression, *kernel_hash, *second_hash, *extra,
		  *ramdisk, *kernel_data;
static enum { INLINE, OFFSET, POSITION } external;

static void begin_part(const char *name, const char *data)
{
	uint32_t len = (uint32_t)strlen(data);

	begin(name);
	if (external == INLINE) {
		prop("data", data, len);
	} else {
		memcpy(image + BEHIND, data, len);
		number(external == OFFSET ? "data-offset" : "data-position",
		       external == OFFSET ? behind - TOTAL : behind);
		number("data-size", len);
	}
	text("arch", arch);
}

static void header(void)
{
	put(0, 0xd00dfeed);
	put(4, TOTAL);
	put(8, TREE);
	put(12, STRINGS);
	put(20, 17);
	put(24, 16);
	put(32, names);
	put(36, at - TREE);
}

static void make(void)
{
	at = TREE;
	names = 0;
	memset(image, 0, sizeof(image));
	begin("");
	word(4);
	begin("images");
	begin_part("kernel-1", kernel_data);
	text("compression", compression);
	hash("hash-1", kernel_hash, kernel_data, strlen(kernel_data));
	if (second_hash)
		hash("hash-2", second_hash, kernel_data, strlen(kernel_data));
	end();
	external = INLINE;
	begin_part("ramdisk-1", "INITRD");
	hash("hash", "crc32", "INITRD", 6);
	end();
	end();
	begin("configurations");
	text("default", "conf-2");
	begin("conf-1");
	text("kernel", "other");
	end();
	begin("conf-2");
	text("kernel", "kernel-1");
	if (ramdisk)
		text("ramdisk", ramdisk);
	if (extra) {
		begin(extra);
		end();
	}
	end();
	end();
	end();
	word(9);
	header();
}

static int setup(void **state)
{
	arch = "x86_64";
	compression = "none";
	kernel_hash = "sha256";
	second_hash = extra = NULL;
	ramdisk = "ramdisk-1";
	kernel_data = "LINUX-KERNEL";
	external = INLINE;
	value_len = HASH_SIZE;
	behind = BEHIND;
	entry = (struct boot_entry){ .kernel_path = "/x.itb", .args = "mine",
				     .platform = &platform };
	platform = (struct platform){ .write = fake_write, .hash = hash_file };
	make();
	return 0;
}

static int load(void)
{
	static const struct kernel_format *const formats[] = { &format, NULL };
	static const struct memmap map;
	static struct handover ho;
	struct arena arena = { room, sizeof(room), 0 };
	int err;

	err_clear();
	said[0] = 0;
	loaded = NULL;
	platform.arena = &arena;
	fs_mem_file(&entry.kernel, image, sizeof(image));
	err = kernel_load(formats, &entry, &map, &arena, &ho);
	if (!err) {
		assert_string_equal(ho.format, "fit");
		assert_string_equal(ho.cmdline, loaded->args);
	}
	return err;
}

static int load_made(void)
{
	make();
	return load();
}

static void holds(struct file *f, const char *what)
{
	char buf[32];

	assert_int_equal(f->size, strlen(what));
	assert_int_equal(fs_read(f, 0, f->size, buf), 0);
	assert_memory_equal(buf, what, strlen(what));
}

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

static void test_wrong(void **state)
{
	uint32_t last = at;

	/* Cut anywhere, none is taken and nothing is read that is not there. */
	for (uint32_t n = 0; n < last - TREE; n++) {
		put(36, n);
		assert_true(load() < 0);
		assert_true(*err_text());
	}
	/* Any word as another: an error, or what it still says. */
	for (uint32_t i = 4; i < last; i += 4)
		for (uint32_t v = 0; v < 8; v++) {
			static const uint32_t other[] = { 0, 1, 2, 3, 9,
				0x7fffffff, 0xfffffffc, 0xffffffff };

			make();
			put(i, other[v]);
			assert_true(load() <= 0);
		}
	setup(NULL);
	external = POSITION;
	behind = sizeof(image) - 11;
	make();
	assert_int_equal(load(), ERR_FILE_LENGTH);
}

static void wrong_header(uint32_t where, uint32_t v)
{
	make();
	put(where, v);
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "header"));
}

static void test_header(void **state)
{
	wrong_header(4, sizeof(image) + 1);
	wrong_header(8, TREE + 2);
	wrong_header(8, TOTAL);
	wrong_header(12, TOTAL);	/* in the file, but not in the tree */
	wrong_header(12, 36);
	wrong_header(20, 16);
	wrong_header(24, 18);
}

static void test_name(void **state)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	at = TREE;
	names = 0;
	begin("");
	begin(name);
	end();
	end();
	word(9);
	header();
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "damaged at byte"));
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

/* Too deep and too many are the same: nodes are counted. */
static void test_too_many(void **state)
{
	at = TREE;
	for (int i = 0; i <= FIT_NODES; i++)
		begin("");
	for (int i = 0; i <= FIT_NODES; i++)
		end();
	word(9);
	header();
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "nodes"));
	at = TREE;
	begin("");
	for (int i = 0; i <= FIT_PROPS; i++) {
		word(3);
		word(0);
		word(0);
	}
	end();
	word(9);
	header();
	put(12, TREE - 8);	/* all are called "" */
	put(32, 8);
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "properties"));
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
		cmocka_unit_test_setup(test_wrong, setup),
		cmocka_unit_test_setup(test_header, setup),
		cmocka_unit_test_setup(test_name, setup),
		cmocka_unit_test_setup(test_hash_size, setup),
		cmocka_unit_test_setup(test_too_many, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
