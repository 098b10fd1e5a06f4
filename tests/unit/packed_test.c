/* Files gzip'd as a whole: what is unpacked and what is not, and bad ones. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <zlib.h>

#include "loader/base/err.h"
#include "loader/kernel/packed.h"
#include "loader/platform.h"
#include "loader/unpack/unpack.h"

static uint8_t room[3 << 20] __attribute__((aligned(16)));
static struct arena arena;
static uint8_t plain[70000], packed[80000], unpacked[sizeof(plain) + 16];
static size_t packed_len;
static unsigned unpacks;
static char path_asked[64];

static int fake_unpack(const struct platform *p, const char *path,
		       struct file *f, struct file *out)
{
	uint64_t size;
	int err = unpack_size(f, 0, f->size, &size);

	unpacks++;
	strcpy(path_asked, path);
	if (!err && size > sizeof(unpacked))
		err = fail(ERR_NO_MEMORY, "%s", path);
	if (err)
		return err;
	fs_mem_file(out, unpacked, size);
	return unpack_gunzip(f, path, p->arena, unpacked, size);
}

static const struct platform platform = { .arena = &arena,
	.unpack = fake_unpack };

static void pack(size_t len)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
	z.next_in = plain;
	z.avail_in = (unsigned)len;
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_len = sizeof(packed) - z.avail_out;
	deflateEnd(&z);
}

static int setup(void **state)
{
	srandom(1);
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(random() >> 4 & 0x3f);
	memcpy(plain, "KERNEL", 6);
	pack(sizeof(plain));
	return 0;
}

static bool probe(struct span head)
{
	const uint8_t *p = span_at(&head, 0, 6);

	return p && !memcmp(p, "KERNEL", 6);
}

static const struct boot_entry *loaded;

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *a, struct handover *ho)
{
	loaded = e;
	return 0;
}

static const struct kernel_format format = { "fake", probe, load, true };
static const struct kernel_format *const formats[] = { &format, NULL };
static struct boot_entry entry;
static struct handover ho;

static int start(const void *kernel, size_t len)
{
	static struct memmap map;

	err_clear();
	unpacks = 0;
	arena = (struct arena){ room, sizeof(room), 0 };
	fs_mem_file(&entry.kernel, kernel, len);
	entry.kernel_path = "/boot/k.gz";
	entry.args = "";
	return kernel_load(formats, &entry, &map, &arena, &ho);
}

static void test_kernel(void **state)
{
	entry = (struct boot_entry){ .platform = &platform };
	assert_int_equal(start(plain, sizeof(plain)), 0);
	assert_int_equal(unpacks, 0);
	assert_ptr_equal(loaded, &entry);
	assert_int_equal(start(packed, packed_len), 0);
	assert_int_equal(unpacks, 1);
	assert_string_equal(path_asked, "/boot/k.gz");
	assert_int_equal(loaded->kernel.size, sizeof(plain));
	assert_memory_equal(unpacked, plain, sizeof(plain));
	/* The entry's own file is the one on the disk. */
	assert_ptr_equal(ho.from, &entry);
	assert_int_equal(entry.kernel.size, packed_len);
}

static void test_not_unpacked(void **state)
{
	static const struct platform none = { .arena = &arena };

	entry = (struct boot_entry){ .platform = &none };
	assert_int_equal(start(packed, packed_len), ERR_EXEC_FORMAT);
	entry.platform = NULL;
	assert_int_equal(start(packed, packed_len), ERR_EXEC_FORMAT);
	entry.platform = &platform;
	assert_int_equal(start(packed, 17), ERR_EXEC_FORMAT);
	assert_int_equal(start(plain + 6, 100), ERR_EXEC_FORMAT);
	assert_int_equal(unpacks, 0);
	entry.chain = true;
	assert_int_equal(start(packed, packed_len), ERR_EXEC_FORMAT);
	assert_int_equal(unpacks, 0);
}

/* Every cut, and a changed byte everywhere: an error with the path in it. */
static void test_bad(void **state)
{
	entry = (struct boot_entry){ .platform = &platform };
	pack(3000);
	for (size_t len = 18; len < packed_len; len++)
		assert_true(start(packed, len) < 0);
	for (size_t i = 0; i < packed_len; i++) {
		/* Time, extra flags and system of the header say nothing. */
		bool idle = i >= 4 && i < 10;
		int err;

		packed[i] ^= 0x55;
		err = start(packed, packed_len);
		packed[i] ^= 0x55;
		assert_true(idle ? !err : err < 0);
		if (err && unpacks)
			assert_non_null(strstr(err_text(), "/boot/k.gz"));
	}
	assert_int_equal(start(packed, packed_len), 0);
	/* Something follows it that tells more, or less. */
	memcpy(packed + packed_len, (uint8_t[]){ 0xb9, 0x0b, 0, 0 }, 4);
	assert_int_equal(start(packed, packed_len + 4), ERR_GZIP);
	assert_non_null(strstr(err_text(), "3000 bytes, its end says 3001"));
	packed[packed_len] -= 2;
	assert_int_equal(start(packed, packed_len + 4), ERR_NO_MEMORY);
	assert_non_null(strstr(err_text(), "unpacks to more than 2999 bytes"));
	/* Packed twice is not unpacked twice. */
	memcpy(plain, packed, packed_len);
	pack(packed_len);
	assert_int_equal(start(packed, packed_len), ERR_EXEC_FORMAT);
	assert_int_equal(unpacks, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_not_unpacked),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
