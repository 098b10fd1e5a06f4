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
	if (err)
		return err;
	do {
		if (size > sizeof(unpacked))
			return fail(ERR_NO_MEMORY, "%s", path);
		err = unpack_gunzip(f, path, p->arena, unpacked, &size);
	} while (err == UNPACK_OTHER_SIZE);
	fs_mem_file(out, unpacked, size);
	return err;
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

static const struct kernel_format format = { "fake", probe, load,
	BY_KERNEL | BY_CHAINLOADER };
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

/* What `uppermem' says reaches the bzImage that comes out. */
static void test_uppermem(void **state)
{
	entry = (struct boot_entry){ .platform = &platform, .upper_kib = 2048 };
	assert_int_equal(start(packed, packed_len), 0);
	assert_string_equal(loaded->args, "");
	memcpy(plain + 0x1fe, "\x55\xaa", 2);
	memcpy(plain + 0x202, "HdrS\x0f\x02", 6);
	pack(sizeof(plain));
	assert_int_equal(start(packed, packed_len), 0);
	assert_string_equal(loaded->args, "mem=3072K");
	assert_string_equal(ho.cmdline, "mem=3072K");
	assert_string_equal(entry.args, "");
	setup(NULL);
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
	/* Something follows it that tells more, as much, or less. */
	for (uint8_t low = 0xb7; low <= 0xb9; low++) {
		memcpy(packed + packed_len, (uint8_t[]){ low, 0x0b, 0, 0 }, 4);
		assert_int_equal(start(packed, packed_len + 4), ERR_GZIP);
		assert_non_null(strstr(err_text(), "neither gzip nor zeroes"));
	}
	/* Packed twice is not unpacked twice. */
	memcpy(plain, packed, packed_len);
	pack(packed_len);
	assert_int_equal(start(packed, packed_len), ERR_EXEC_FORMAT);
	assert_int_equal(unpacks, 1);
}

/* LEN bytes of PLAIN as members of the lengths at PART, with PAD zeroes. */
static uint8_t *members(const size_t *part, size_t n, size_t pad, size_t *len)
{
	static uint8_t all[2 * sizeof(packed)], saved[sizeof(plain)];
	size_t from = 0;

	memcpy(saved, plain, sizeof(plain));
	*len = 0;
	for (size_t i = 0; i < n; i++) {
		memcpy(plain, saved + from, part[i]);
		pack(part[i]);
		memcpy(all + *len, packed, packed_len);
		*len += packed_len;
		from += part[i];
	}
	memcpy(plain, saved, sizeof(plain));
	memset(all + *len, 0, pad);
	*len += pad;
	return all;
}

/* What zcat reads: several members, some of nothing, and padding. */
static void test_members(void **state)
{
	static const size_t parts[][4] = { { 3000 }, { 2990, 10 },
		{ 10, 2990 }, { 0, 3000 }, { 3000, 0 }, { 1, 999, 1500, 500 },
		{ 1500, 1500 } };
	size_t len;

	entry = (struct boot_entry){ .platform = &platform };
	memcpy(plain, "KERNEL", 6);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (size_t pad = 0; pad < 5000; pad = pad * 3 + 1) {
			uint8_t *all = members(parts[i], 4, pad, &len);

			memset(unpacked, 0x5a, sizeof(unpacked));
			assert_int_equal(start(all, len), 0);
			assert_int_equal(loaded->kernel.size, 3000);
			assert_memory_equal(unpacked, plain, 3000);
			assert_int_equal(unpacked[3000], 0x5a);
			/* Padding, and then something. */
			all[len] = 'x';
			assert_true(start(all, len + 1) < 0);
		}
}

/* A member that is cut or damaged is not left out. */
static void test_bad_member(void **state)
{
	size_t len, first;
	uint8_t *all;

	entry = (struct boot_entry){ .platform = &platform };
	members((size_t[]){ 3000 }, 1, 0, &first);
	all = members((size_t[]){ 3000, 2000 }, 2, 0, &len);
	for (size_t cut = first + 1; cut < len; cut++)
		assert_true(start(all, cut) < 0);
	for (size_t i = first; i < len; i++) {
		all[i] ^= 0x55;
		assert_true(i - first >= 4 && i - first < 10 ?
			    !start(all, len) : start(all, len) < 0);
		all[i] ^= 0x55;
	}
	assert_int_equal(start(all, len), 0);
	assert_int_equal(loaded->kernel.size, 5000);
	/* Together they are more than there is room for. */
	all = members((size_t[]){ 60000, 10000 }, 2, 0, &len);
	assert_int_equal(start(all, len), 0);
	memcpy(all + len, all, len);
	assert_int_equal(start(all, len * 2), ERR_NO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_uppermem),
		cmocka_unit_test(test_not_unpacked),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_bad_member),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
