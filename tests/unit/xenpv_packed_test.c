/* Packed Xen PV kernels: gzip'd ELF, bzImage payloads, and broken ones. */
#include "tests/unit/unit.h"

#include <asm/bootparam.h>
#include <stdlib.h>
#include <zlib.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "tests/unit/pvelf.h"

#define BASE 0xffffffff80000000ul
#define PAYLOAD 0x4000u

static struct pvelf k;
static uint8_t packed[65536], image[131072], room[4 << 20];
static size_t packed_len;
static struct handover ho;
static struct boot_entry e;

static void pack(const void *p, size_t len)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, 0), Z_OK);
	z.next_in = (void *)(uintptr_t)p;
	z.avail_in = (unsigned)len;
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_len = z.total_out;
	deflateEnd(&z);
}

static void make_kernel(void)
{
	pvelf_begin(&k, 0x1000000);
	pvelf_usual(&k);
	pvelf_number(&k, XEN_ELFNOTE_VIRT_BASE, BASE, 8);
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, BASE + 0x1000000, 8);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	pack(k.file, sizeof(k.file));
}

/* A bzImage around the LEN bytes at P. */
static size_t make_bzimage(const void *p, size_t len)
{
	struct setup_header h = { .jump = 0x6aeb,
				  .setup_sects = 7,
				  .boot_flag = 0xaa55,
				  .header = 0x53726448,
				  .version = 0x20f,
		.payload_offset = PAYLOAD - 8 * 512,
		.payload_length = (uint32_t)len };

	memset(image, 0x90, sizeof(image));
	memcpy(image + offsetof(struct boot_params, hdr), &h, sizeof(h));
	memcpy(image + PAYLOAD, p, len);
	return PAYLOAD + len + 100;
}

static int load(const void *p, size_t len)
{
	static struct memmap map = { 1, { { 0, 128ul << 20, MEM_RAM } } };
	struct arena a = { room, sizeof(room), 0 };

	e.kernel_path = "k";
	e.args = "quiet";
	fs_mem_file(&e.kernel, p, len);
	err_clear();
	memset(&ho, 0, sizeof(ho));
	return xenpv_packed_format.probe(span_of(p, len < 4096 ? len : 4096)) ?
		xenpv_packed_format.load(&e, &map, &a, &ho) : ERR_NOTMINE;
}

static void check_loaded(void)
{
	assert_int_equal(ho.mode, GO_XENPV);
	assert_int_equal(ho.entry, BASE + 0x1000000);
	assert_int_equal(ho.n, 2);
	assert_int_equal(ho.piece[0].addr, 0x1000000);
	assert_int_equal(((uintptr_t)ho.piece[0].file->priv |
			  ho.piece[0].file_off) & 4095, 0);
}

/* vmlinuz.gz: a bzImage packed once more; not any deeper. */
static void test_gzipped_bzimage(void **state)
{
	pack(image, make_bzimage(packed, packed_len));
	assert_int_equal(load(packed, packed_len), 0);
	check_loaded();
	e.upper_kib = 1024;
	assert_int_equal(load(packed, packed_len), 0);
	e.upper_kib = 0;
	assert_string_equal(ho.cmdline, "quiet mem=2048K");
	pack(image, make_bzimage(packed, packed_len));
	assert_int_equal(load(packed, packed_len), ERR_EXEC_FORMAT);
	make_kernel();
}

static void test_gzip(void **state)
{
	assert_int_equal(load(packed, packed_len), 0);
	check_loaded();
}

static void test_bzimage(void **state)
{
	assert_int_equal(load(image, make_bzimage(packed, packed_len)), 0);
	check_loaded();
	assert_int_equal(load(image, make_bzimage(k.file, k.size)), 0);
	check_loaded();
}

static void test_refusals(void **state)
{
	size_t len = make_bzimage(packed, packed_len);

	assert_int_equal(load(image, PAYLOAD + 50), ERR_FILE_LENGTH);
	image[offsetof(struct boot_params, hdr.version)] = 7;
	assert_int_equal(load(image, len), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "not a Xen PV kernel"));
	make_bzimage("no compression that we know of", 30);
	assert_int_equal(load(image, len), ERR_EXEC_FORMAT);
	assert_int_equal(load(packed, packed_len / 2), ERR_NO_MEMORY);
	memset(image, 0, 512);
	assert_int_equal(load(image, len), ERR_NOTMINE);
}

/* A bit turned over anywhere: an error with a text, or a kernel. */
static void test_flips(void **state)
{
	size_t len = make_bzimage(packed, packed_len);

	for (size_t i = 0; i < packed_len * 8; i++) {
		image[PAYLOAD + i / 8] ^= 1 << i % 8;
		if (load(image, len))
			assert_non_null(strstr(err_text(), "Error"));
		image[PAYLOAD + i / 8] ^= 1 << i % 8;
	}
	assert_int_equal(load(image, len), 0);
}

/* 64 MiB of zeroes in 64 KiB, also when it says that it is small. */
static void test_bomb(void **state)
{
	static uint8_t zero[1 << 20], bomb[131072];
	z_stream z = { .next_out = bomb, .avail_out = sizeof(bomb) };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, 0), Z_OK);
	for (int i = 0; i < 64; i++) {
		z.next_in = zero;
		z.avail_in = sizeof(zero);
		assert_int_equal(deflate(&z, i < 63 ? 0 : Z_FINISH),
				 i < 63 ? Z_OK : Z_STREAM_END);
	}
	deflateEnd(&z);
	assert_int_equal(load(bomb, z.total_out), ERR_NO_MEMORY);
	memcpy(bomb + z.total_out - 4, "\0\0\1", 4);
	assert_int_equal(load(bomb, z.total_out), ERR_GZIP);
}

static int group_setup(void **state)
{
	make_kernel();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_gzipped_bzimage),
		cmocka_unit_test(test_bzimage),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
