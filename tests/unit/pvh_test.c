/* PVH: which ELF files are entered so, and what they are told. */
#include "tests/unit/unit.h"

#include "loader/abi/xen.h"

#include <xen/arch-x86/hvm/start_info.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "tests/unit/pvelf.h"

static struct pvelf k;
static uint8_t initrd[2][5000];
static uint8_t room[1 << 20] __attribute__((aligned(16)));
static struct arena arena;
static struct memmap map;
static struct handover ho;
static struct boot_entry entry;

static void make(uint64_t pvh_entry)
{
	pvelf_begin(&k, 0x200000);
	pvelf_usual(&k);
	pvelf_number(&k, XEN_ELFNOTE_PHYS32_ENTRY, pvh_entry, 4);
}

static int load_made(void)
{
	arena = (struct arena){ room, sizeof(room), 0 };
	map.n = 0;
	memmap_set(&map, 0x1000, 0x9f000, MEM_RAM);
	memmap_set(&map, 0x100000, 64 << 20, MEM_RAM);
	memmap_set(&map, 64 << 20, 65 << 20, MEM_LOADER);
	memmap_set(&map, 0xf0000, 0x100000, MEM_RESERVED);
	fs_mem_file(&entry.kernel, k.file, k.size);
	entry.kernel_path = "/k";
	entry.args = "a  b";
	ho = (struct handover){ 0 };
	err_clear();
	return pvh_format.load(&entry, &map, &arena, &ho);
}

static int load(void)
{
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	return load_made();
}

static const struct piece *piece(enum piece_role role)
{
	for (unsigned i = 0; i < ho.n; i++)
		if (ho.piece[i].role == role)
			return &ho.piece[i];
	fail_msg("no %s", handover_what(role));
	return NULL;
}

/* What is told at ADDR. */
static const void *told(uint64_t addr)
{
	const struct piece *p = piece(PIECE_PVH_INFO);

	assert_in_range(addr, p->addr, p->addr + p->size - 1);
	return (const uint8_t *)p->mem + (addr - p->addr);
}

static void test_told(void **state)
{
	const struct hvm_memmap_table_entry *e;
	const struct hvm_start_info *info;
	const struct hvm_modlist_entry *m;

	make(0x200010);
	entry = (struct boot_entry){ .n_modules = 1, .module = {
		{ .path = "/m", .args = "c" } } };
	fs_mem_file(&entry.module[0].file, initrd[0], 5000);
	assert_int_equal(load(), 0);
	assert_int_equal(ho.mode, GO_PROT32);
	assert_int_equal(ho.entry, 0x200010);
	info = told(ho.rbx);
	assert_int_equal(info->magic, XEN_HVM_START_MAGIC_VALUE);
	assert_int_equal(info->version, 1);
	assert_string_equal(told(info->cmdline_paddr), "a  b");
	assert_int_equal(info->nr_modules, 1);
	m = told(info->modlist_paddr);
	assert_int_equal(m->size, 5000);
	assert_int_equal(m->paddr, piece(PIECE_MODULE)->addr);
	assert_string_equal(told(m->cmdline_paddr), "c");
	assert_int_equal(info->memmap_entries, 4);
	e = told(info->memmap_paddr);
	assert_int_equal(e[1].type, XEN_HVM_MEMMAP_TYPE_RESERVED);
	/* What we run in is the kernel's. */
	assert_int_equal(e[3].addr, 64 << 20);
	assert_int_equal(e[3].type, XEN_HVM_MEMMAP_TYPE_RAM);
}

/* Linux takes one module: several initrds are one, each filled up. */
static void test_initrds(void **state)
{
	const struct hvm_start_info *info;
	uint8_t b[8];

	make(0x200010);
	entry = (struct boot_entry){ .initrd_given = true, .n_modules = 2,
		.module = { { .path = "/m", .args = "" },
			    { .path = "/n", .args = "" } } };
	memset(initrd[1], 7, sizeof(initrd[1]));
	fs_mem_file(&entry.module[0].file, initrd[0], 4999);
	fs_mem_file(&entry.module[1].file, initrd[1], 5000);
	assert_int_equal(load(), 0);
	info = told(ho.rbx);
	assert_int_equal(info->nr_modules, 1);
	assert_int_equal(piece(PIECE_INITRD)->size, 10000);
	assert_int_equal(fs_read(piece(PIECE_INITRD)->file, 4996, 8, b), 0);
	assert_memory_equal(b, "\0\0\0\0\7\7\7\7", 8);
}

static int open_hv(void *ctx, struct file *out)
{
	return ERR_FILE_NOT_FOUND;
}

/* What can be a PV guest is one where there is to be one. */
static void test_pv(void **state)
{
	make(0x200010);
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, 0xffffffff80200000, 8);
	entry = (struct boot_entry){ .open_hv = open_hv };
	assert_int_equal(load(), ERR_NOTMINE);
	entry = (struct boot_entry){ 0 };
	assert_int_equal(load(), 0);
	make(0x200010);
	entry = (struct boot_entry){ .open_hv = open_hv };
	assert_int_equal(load(), 0);
}

static void test_refused(void **state)
{
	entry = (struct boot_entry){ 0 };
	make(0x200010);
	k.note_len = 0;
	assert_int_equal(load(), ERR_NOTMINE);
	make(0x300000);
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "entry 300000 outside"));
	make(0x200010);
	k.load[0].p_paddr = 0x8000;
	assert_int_equal(load(), ERR_BELOW_1MB);
	make(0x200010);
	k.load[1].p_memsz = 80ul << 20;
	assert_int_equal(load(), ERR_NO_MEMORY);
	make(0x200010);
	k.load[1].p_offset = 1 << 20;
	assert_int_equal(load(), ERR_FILE_LENGTH);
}

/* Headers that are no such kernel's, and tables that lie nowhere. */
static void test_header(void **state)
{
	static const uint64_t nowhere[] = { sizeof(k.file) + 1, 1ul << 63,
					    UINT64_MAX };
	Elf64_Ehdr *eh = (Elf64_Ehdr *)k.file;

	entry = (struct boot_entry){ 0 };
	make(0x200010);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	for (int i = 0; i < 3; i++) {
		const Elf64_Ehdr good = *eh;

		eh->e_phoff = nowhere[i];
		assert_int_equal(load_made(), ERR_NOTMINE);
		*eh = good;
		eh->e_shoff = nowhere[i];
		assert_int_equal(load_made(), ERR_NOTMINE);
		*eh = good;
	}
	assert_int_equal(load_made(), 0);
	eh->e_machine = EM_AARCH64;
	assert_int_equal(load_made(), ERR_NOTMINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_initrds),
		cmocka_unit_test(test_pv),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
