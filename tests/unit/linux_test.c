/* The Linux format: headers of each protocol, and what handover they give. */
#include "tests/unit/unit.h"

#include <asm/bootparam.h>
#include <stdlib.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/linux/linux_image.h"

#define SETUP (5 * 512)
#define GB (1ull << 30)

static uint8_t kernel[SETUP + 0x10000];
static uint8_t initrd[3][4096];
static uint8_t room[4 << 20] __attribute__((aligned(4096)));
static struct arena arena;
static struct memmap map;
static struct handover ho;
static struct boot_entry entry;

/* A kernel file of protocol VERSION as the real ones of its time were. */
static struct setup_header *make(uint16_t version)
{
	struct setup_header *h = (void *)(kernel + 0x1f1);

	memset(kernel, 0x90, sizeof(kernel));
	memset(kernel + 0x1f1, 0, 0x290 - 0x1f1);
	h->setup_sects = 4;
	h->boot_flag = 0xaa55;
	h->header = 0x53726448;
	h->version = version;
	h->jump = 0xeb | (0x268 - 0x202) << 8;
	h->loadflags = LOADED_HIGH;
	h->code32_start = 0x100000;
	h->syssize = 0x1000;
	h->initrd_addr_max = 0x7fffffff;
	h->kernel_alignment = 0x200000;
	h->relocatable_kernel = 1;
	h->min_alignment = 21;
	h->xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G;
	h->cmdline_size = 2047;
	h->payload_offset = 0x300;
	h->payload_length = 0x1000;
	h->pref_address = 0x1000000;
	h->init_size = 0x800000;
	return h;
}

static void machine(uint64_t ram)
{
	map.n = 0;
	memmap_add(&map, 0, 0x9fc00, MEM_RAM);
	memmap_add(&map, 0xf0000, 0x100000, MEM_RESERVED);
	memmap_add(&map, 0x100000, ram < 3 * GB ? ram : 3 * GB, MEM_RAM);
	if (ram > 3 * GB)
		memmap_add(&map, 4 * GB, ram + GB, MEM_RAM);
	memmap_set(&map, 0, 0x1000, MEM_LOADER);
}

static int load(const char *args, unsigned n_initrds, size_t size)
{
	err_clear();
	arena = (struct arena){ room, sizeof(room), 0 };
	ho = (struct handover){ 0 };
	entry = (struct boot_entry){ .kernel_path = "/k", .args = args,
		.initrd_given = true, .n_modules = n_initrds };
	fs_mem_file(&entry.kernel, kernel, sizeof(kernel));
	for (unsigned i = 0; i < n_initrds; i++) {
		entry.module[i].path = "/i";
		fs_mem_file(&entry.module[i].file, initrd[i], size);
	}
	return linux_format.load(&entry, &map, &arena, &ho);
}

static const struct piece *piece(const char *what, unsigned nth)
{
	for (unsigned i = 0; i < ho.n; i++)
		if (!strcmp(handover_what(ho.piece[i].role), what) && !nth--)
			return &ho.piece[i];
	print_error("no piece %s\n", what);
	_fail(__FILE__, __LINE__);
	return NULL;
}

static const struct boot_params *params(void)
{
	return piece("boot_params", 0)->mem;
}

static void test_probe(void **state)
{
	make(0x20f);
	assert_true(linux_image_probe(span_of(kernel, 4096)));
	assert_false(linux_image_probe(span_of(kernel, 0x207)));
	make(0x1ff);
	assert_false(linux_image_probe(span_of(kernel, 4096)));
	make(0x20f)->boot_flag = 0;
	assert_false(linux_image_probe(span_of(kernel, 4096)));
}

static void test_entry64(void **state)
{
	const struct boot_params *bp;

	make(0x20f);
	machine(GB);
	assert_int_equal(load("quiet", 1, 4096), 0);
	assert_int_equal(ho.mode, GO_LONG64);
	assert_string_equal(ho.entry_name, "linux64");
	assert_int_equal(ho.entry, 0x1000200);
	assert_int_equal(piece("kernel", 0)->addr, 0x1000000);
	assert_int_equal(piece("kernel", 0)->file_off, SETUP);
	assert_int_equal(piece("kernel", 0)->len, 0x10000);
	bp = params();
	assert_int_equal(ho.rsi, piece("boot_params", 0)->addr);
	assert_true(ho.rsi < 0xa0000);
	assert_int_equal(bp->hdr.type_of_loader, 0xff);
	assert_int_equal(bp->hdr.version, 0x20f);
	assert_int_equal(bp->hdr.init_size, 0x800000);
	assert_int_equal(bp->hdr.cmd_line_ptr, piece("cmdline", 0)->addr);
	assert_string_equal(piece("cmdline", 0)->mem, "quiet");
	assert_int_equal(bp->hdr.ramdisk_image, piece("initrd", 0)->addr);
	assert_int_equal(bp->hdr.ramdisk_size, 4096);
	assert_int_equal(bp->e820_entries, map.n - 1);
	assert_int_equal(bp->e820_table[0].size, 0x9fc00);
	assert_int_equal(bp->screen_info.orig_video_lines, 25);
	assert_int_equal(bp->acpi_rsdp_addr, 0);
	assert_int_equal(bp->sentinel, 0);
}

/* Every version, with the entry that it should get. */
static void test_versions(void **state)
{
	machine(GB);
	for (uint16_t v = 0x200; v <= 0x20f; v++) {
		make(v);
		assert_int_equal(load("", 0, 0), 0);
		assert_int_equal(ho.mode, v >= 0x20c ? GO_LONG64 :
				 v >= 0x205 ? GO_PROT32 : GO_REAL16);
		if (v == 0x205)
			assert_int_equal(ho.entry, 0x200000);
		if (v == 0x20b)
			assert_int_equal(ho.entry, 0x1000000);
		make(v)->relocatable_kernel = 0;
		assert_int_equal(load("", 0, 0), 0);
		assert_int_equal(ho.mode, v >= 0x20c ? GO_LONG64 :
				 v >= 0x208 ? GO_PROT32 : GO_REAL16);
		if (v == 0x208)
			assert_int_equal(ho.entry, 0x100000);
	}
}

static void test_real(void **state)
{
	const struct setup_header *h;
	const uint8_t *block;
	uint64_t base;

	machine(GB);
	make(0x202);
	assert_int_equal(load("a b vga=ask", 1, 5), 0);
	base = piece("setup", 0)->addr;
	block = piece("setup", 0)->mem;
	h = (const void *)(block + 0x1f1);
	assert_true(base + piece("setup", 0)->size <= 0x9fc00);
	assert_int_equal(ho.entry, (base / 16 + 0x20) << 16);
	assert_int_equal(ho.stack, base / 16 << 16 | 0xe000);
	assert_int_equal(h->heap_end_ptr, 0xde00);
	assert_int_equal(h->loadflags, LOADED_HIGH | CAN_USE_HEAP);
	assert_int_equal(h->cmd_line_ptr, base + 0xe000);
	assert_int_equal(h->vid_mode, 0xfffd);
	assert_int_equal(h->ramdisk_size, 5);
	assert_string_equal((const char *)block + 0xe000, "a b vga=ask");
	assert_int_equal(piece("kernel", 0)->addr, 0x100000);
	/* Its initrd limit is the fixed one of old. */
	machine(2 * GB);
	assert_int_equal(load("", 1, 4096), 0);
	assert_int_equal(piece("initrd", 0)->addr, 0x38000000 - 4096);
}

static void test_zimage(void **state)
{
	const uint8_t *block;

	machine(GB);
	make(0x200)->loadflags = 0;
	assert_int_equal(load("root=/dev/hda", 0, 0), 0);
	assert_int_equal(ho.mode, GO_REAL16);
	assert_int_equal(ho.entry, 0x90200000);
	assert_int_equal(piece("kernel", 0)->addr, 0x10000);
	block = piece("setup", 0)->mem;
	assert_int_equal(block[0x20] | block[0x21] << 8, 0xa33f);
	assert_int_equal(block[0x22] | block[0x23] << 8, 0x9800);
	assert_string_equal((const char *)block + 0x9800, "root=/dev/hda");
	/* Memory it cannot do without is taken. */
	memmap_set(&map, 0x90000, 0x91000, MEM_LOADER);
	assert_int_equal(load("", 0, 0), ERR_NO_MEMORY);
}

static void test_initrds(void **state)
{
	make(0x20f);
	machine(GB);
	assert_int_equal(load("", 3, 4093), 0);
	assert_int_equal(piece("initrd", 0)->size, 4096);
	assert_int_equal(piece("initrd", 0)->len, 4093);
	assert_int_equal(piece("initrd", 2)->addr,
			 piece("initrd", 0)->addr + 2 * 4096);
	assert_int_equal(params()->hdr.ramdisk_size, 2 * 4096 + 4093);
	assert_int_equal(piece("initrd", 0)->addr % 4096, 0);
	entry.initrd_given = false;
	err_clear();
	/* Given by `module` they are initrds all the same. */
	ho = (struct handover){ 0 };
	assert_int_equal(linux_format.load(&entry, &map, &arena, &ho), 0);
	assert_int_equal(params()->hdr.ramdisk_size, 2 * 4096 + 4093);
}

static void test_initrd_limits(void **state)
{
	machine(3 * GB);
	make(0x20f)->xloadflags = XLF_KERNEL_64;
	assert_int_equal(load("", 1, 4096), 0);
	assert_int_equal(piece("initrd", 0)->addr, 0x7ffff000);
	assert_int_equal(load("mem=64M", 1, 4096), 0);
	assert_int_equal(piece("initrd", 0)->addr, (64 << 20) - 4096);
	entry.module[0].path = "/boot/initrd.img";
	entry.module[0].file.size = 2 * GB;
	err_clear();
	assert_int_equal(linux_format.load(&entry, &map, &arena, &ho),
			 ERR_NO_MEMORY);
	assert_non_null(strstr(err_text(), "/boot/initrd.img"));
	/* The same above 4 GiB, for a kernel that can. */
	make(0x20f);
	machine(12 * GB);
	assert_int_equal(load("", 1, 4096), 0);
	entry.module[0].file.size = 5 * GB;
	ho.n = 0;
	assert_int_equal(linux_format.load(&entry, &map, &arena, &ho), 0);
	assert_int_equal(piece("initrd", 0)->addr, 4 * GB);
	assert_int_equal(params()->ext_ramdisk_image, 1);
	assert_int_equal(params()->ext_ramdisk_size, 1);
	assert_int_equal(params()->hdr.ramdisk_size, GB);
}

static void test_placement(void **state)
{
	/* The preferred place is taken: the next aligned one. */
	make(0x20f);
	machine(GB);
	memmap_set(&map, 0x1100000, 0x1200000, MEM_RESERVED);
	assert_int_equal(load("", 0, 0), 0);
	assert_int_equal(piece("kernel", 0)->addr, 0x1200000);
	/* Little memory: the smaller alignment helps. */
	make(0x20f)->kernel_alignment = 0x1000000;
	machine(0x2300000);
	memmap_set(&map, 0x1100000, 0x1200000, MEM_RESERVED);
	assert_int_equal(load("", 0, 0), 0);
	assert_int_equal(piece("kernel", 0)->addr, 0x1200000);
	/* None below 4 GiB. */
	make(0x20f);
	machine(8 * GB);
	memmap_set(&map, 0x100000, 3 * GB, MEM_RESERVED);
	assert_int_equal(load("", 1, 4096), 0);
	assert_int_equal(piece("kernel", 0)->addr, 4 * GB);
	assert_int_equal(piece("kernel", 0)->size, 0x800000);
	assert_int_equal(ho.entry, 4 * GB + 0x200);
	assert_true(piece("initrd", 0)->addr >= 4 * GB + 0x800000);
	make(0x20f)->xloadflags = XLF_KERNEL_64;
	assert_int_equal(load("", 0, 0), ERR_NO_MEMORY);
	/* Not relocatable: 1 MiB, and room where it moves itself to. */
	make(0x20f)->relocatable_kernel = 0;
	machine(GB);
	assert_int_equal(load("", 0, 0), 0);
	assert_int_equal(ho.entry, 0x100200);
	memmap_set(&map, 0x1100000, 0x1200000, MEM_RESERVED);
	assert_int_equal(load("", 0, 0), ERR_NO_MEMORY);
	machine(0x1000000);
	make(0x20f);
	assert_int_equal(load("", 0, 0), ERR_NO_MEMORY);
}

static void test_e820(void **state)
{
	const struct setup_data *ext;
	const struct boot_e820_entry *last;

	make(0x20f);
	machine(GB);
	for (uint64_t i = 0; i < 150; i++)
		memmap_set(&map, GB + i * 8192, GB + i * 8192 + 4096, MEM_ACPI);
	assert_int_equal(load("x", 0, 0), 0);
	assert_int_equal(params()->e820_entries, 128);
	assert_int_equal(params()->hdr.setup_data, piece("e820", 0)->addr);
	ext = piece("e820", 0)->mem;
	assert_int_equal(ext->type, SETUP_E820_EXT);
	assert_int_equal(ext->len, (153 - 128) * sizeof(*last));
	assert_int_equal(piece("e820", 0)->len, sizeof(*ext) + ext->len);
	last = (const void *)(ext->data + ext->len - sizeof(*last));
	assert_int_equal(last->addr, GB + 149 * 8192);
	assert_int_equal(last->type, MEM_ACPI);
	/* 2.08 knows no such list. */
	make(0x208);
	assert_int_equal(load("x", 0, 0), 0);
	assert_int_equal(params()->hdr.setup_data, 0);
}

static void test_bad(void **state)
{
	char args[3000];

	machine(GB);
	make(0x20f)->syssize = 0x1002;
	assert_int_equal(load("", 0, 0), ERR_FILE_LENGTH);
	assert_non_null(strstr(err_text(), "header says"));
	make(0x20f)->setup_sects = 255;
	assert_int_equal(load("", 0, 0), ERR_FILE_LENGTH);
	make(0x20f)->kernel_alignment = 0x300000;
	assert_int_equal(load("", 0, 0), ERR_EXEC_FORMAT);
	make(0x20f)->init_size = 0xffffffff;
	assert_int_equal(load("", 0, 0), ERR_NO_MEMORY);
	make(0x20f)->pref_address = UINT64_MAX;
	assert_int_equal(load("", 0, 0), ERR_NO_MEMORY);
	make(0x20f);
	memset(args, 'a', sizeof(args));
	args[2047] = 0;
	assert_int_equal(load(args, 0, 0), 0);
	args[2047] = 'a';
	args[2048] = 0;
	assert_int_equal(load(args, 0, 0), ERR_ARGUMENT);
	assert_non_null(strstr(err_text(), "takes 2047"));
	make(0x205);
	args[256] = 0;
	assert_int_equal(load(args, 0, 0), ERR_ARGUMENT);
	assert_int_equal(load("vga=blue", 0, 0), ERR_NUMBER);
}

/* Bytes behind the header's own end belong to nobody. */
static void test_header_length(void **state)
{
	struct setup_header *h = make(0x20f);

	h->jump = 0xeb | (0x264 - 0x202) << 8;
	h->handover_offset = 0x12345678;
	machine(GB);
	assert_int_equal(load("", 0, 0), 0);
	assert_int_equal(params()->hdr.handover_offset, 0);
	assert_int_equal(params()->hdr.init_size, 0x800000);
	h->jump = 0xffeb;
	assert_int_equal(load("", 0, 0), 0);
	assert_int_equal(params()->edd_mbr_sig_buffer[0], 0);
}

static void test_payload(void **state)
{
	struct setup_header *h = make(0x20f);
	uint64_t off, len;
	struct file f;

	fs_mem_file(&f, kernel, sizeof(kernel));
	assert_int_equal(linux_payload(&f, &off, &len), 0);
	assert_int_equal(off, SETUP + 0x300);
	assert_int_equal(len, 0x1000);
	h->payload_length = 0xfff0;
	err_clear();
	assert_int_equal(linux_payload(&f, &off, &len), ERR_FILE_LENGTH);
	make(0x207);
	err_clear();
	assert_int_equal(linux_payload(&f, &off, &len), ERR_EXEC_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_entry64),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_zimage),
		cmocka_unit_test(test_initrds),
		cmocka_unit_test(test_initrd_limits),
		cmocka_unit_test(test_placement),
		cmocka_unit_test(test_e820),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_header_length),
		cmocka_unit_test(test_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
