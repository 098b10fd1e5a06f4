/* Multiboot 1: headers of both kinds, and the handover they give. */
#include "tests/unit/unit.h"

#include <elf.h>

#include "loader/abi/multiboot.h"
#include "loader/base/err.h"
#include "loader/bios_facts.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/multiboot/multiboot_header.h"
#include "loader/platform.h"

#define HEADER_AT 0x80
#define CODE_AT 0x1000

static uint8_t kernel[0x3000], module[3][5000];
static uint8_t room[1 << 20] __attribute__((aligned(16)));
static struct arena arena;
static struct memmap map;
static struct handover ho;
static struct boot_entry entry;
static const struct platform *platform;	/* the entry's */

static struct multiboot_header *make_header(uint32_t flags)
{
	struct multiboot_header *h = (void *)(kernel + HEADER_AT);

	memset(kernel, 0, sizeof(kernel));
	*h = (struct multiboot_header){ .magic = MULTIBOOT_HEADER_MAGIC,
		.flags = flags, .checksum = -(MULTIBOOT_HEADER_MAGIC + flags) };
	return h;
}

/* Loaded at 2 MiB from the file's start; 0x1000 bytes of bss. */
static struct multiboot_header *make_flat(void)
{
	struct multiboot_header *h = make_header(MULTIBOOT_AOUT_KLUDGE | 3);

	h->load_addr = 0x200000;
	h->header_addr = 0x200000 + HEADER_AT;
	h->load_end_addr = 0x200000 + sizeof(kernel);
	h->bss_end_addr = h->load_end_addr + 0x1000;
	h->entry_addr = 0x200100;
	return h;
}

/* Code at 1 MiB, linked at 0xc0100000; data at 1.25 MiB. */
static Elf32_Phdr *make_elf(void)
{
	Elf32_Ehdr *e = (void *)kernel;
	Elf32_Phdr *p = (void *)(kernel + sizeof(*e));

	make_header(MULTIBOOT_PAGE_ALIGN);
	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS32;
	e->e_machine = EM_386;
	e->e_phoff = sizeof(*e);
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 2;
	e->e_entry = 0xc0100010;
	p[0] = (Elf32_Phdr){ .p_type = PT_LOAD, .p_offset = CODE_AT,
		.p_vaddr = 0xc0100000, .p_paddr = 0x100000,
		.p_filesz = 0x1000, .p_memsz = 0x1000 };
	return p;
}

static int load(unsigned modules)
{
	err_clear();
	arena = (struct arena){ room, sizeof(room), 0 };
	ho = (struct handover){ 0 };
	entry = (struct boot_entry){ .kernel_path = "/boot/hv", .args = "x=1",
		.n_modules = modules, .root_disk = 2, .root_part = 0,
		.platform = platform };
	fs_mem_file(&entry.kernel, kernel, sizeof(kernel));
	for (unsigned i = 0; i < modules; i++) {
		entry.module[i].path = "/m";
		entry.module[i].args = i ? "" : "a b";
		fs_mem_file(&entry.module[i].file, module[i],
			    sizeof(module[i]));
	}
	return multiboot_format.load(&entry, &map, &arena, &ho);
}

static int setup(void **state)
{
	map.n = 0;
	memmap_add(&map, 0, 0x9fc00, MEM_RAM);
	memmap_add(&map, 0x100000, 0x8000000, MEM_RAM);
	memmap_add(&map, 0x100000000, 0x120000000, MEM_RAM);
	memmap_set(&map, 0x1000, 0x80000, MEM_LOADER);
	return 0;
}

static const struct piece *find(const char *what, unsigned nth)
{
	for (unsigned i = 0; i < ho.n; i++)
		if (!strcmp(handover_what(ho.piece[i].role), what) && !nth--)
			return &ho.piece[i];
	_fail(__FILE__, __LINE__);
	return NULL;
}

/* What lies in the info block at address ADDR. */
static const void *told(uint32_t addr)
{
	const struct piece *p = find("multiboot info", 0);

	assert_true(addr >= p->addr && addr < p->addr + p->size);
	return (const uint8_t *)p->mem + (addr - p->addr);
}

static void test_flat(void **state)
{
	make_flat();
	assert_true(multiboot_header_probe(span_of(kernel, sizeof(kernel))));
	assert_int_equal(load(0), 0);
	assert_int_equal(ho.mode, GO_PROT32);
	assert_int_equal(ho.rax, MULTIBOOT_LOADER_MAGIC);
	assert_int_equal(ho.entry, 0x200100);
	assert_int_equal(find("kernel", 0)->addr, 0x200000);
	assert_int_equal(find("kernel", 0)->len, sizeof(kernel));
	assert_int_equal(find("kernel", 0)->size, sizeof(kernel) + 0x1000);
	/* Zeroes: all of the file, no bss. */
	make_flat()->load_end_addr = 0;
	((struct multiboot_header *)(kernel + HEADER_AT))->bss_end_addr = 0;
	assert_int_equal(load(0), 0);
	assert_int_equal(find("kernel", 0)->size, sizeof(kernel));
}

static void test_elf(void **state)
{
	make_elf();
	assert_int_equal(load(0), 0);
	assert_int_equal(ho.entry, 0x100010);
	assert_int_equal(find("kernel", 0)->addr, 0x100000);
	assert_int_equal(find("kernel", 0)->file_off, CODE_AT);
}

/* As GNU Mach is linked: 64-bit headers around a 32-bit entry. */
static Elf64_Phdr *make_elf64(void)
{
	Elf64_Ehdr *e = (void *)kernel;
	Elf64_Phdr *p = (void *)(kernel + sizeof(*e));

	make_header(MULTIBOOT_PAGE_ALIGN);
	memmove(kernel + 0x400, kernel + HEADER_AT,
		sizeof(struct multiboot_header));
	memset(kernel, 0, 0x400);
	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	e->e_machine = EM_X86_64;
	e->e_phoff = sizeof(*e);
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 2;
	e->e_entry = 0xffffffff80100010;
	p[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = CODE_AT,
		.p_vaddr = 0xffffffff80100000, .p_paddr = 0x100000,
		.p_filesz = 0x1000, .p_memsz = 0x1000 };
	return p;
}

static void test_elf64(void **state)
{
	static const struct {
		uint64_t addr, size, off, len;
		int err;
	} bad[] = {
		{ 0x100000000, 0x1000, CODE_AT, 0x1000, ERR_EXEC_FORMAT },
		{ 0xfffff000, 0x2000, CODE_AT, 0x1000, ERR_EXEC_FORMAT },
		{ 0x100000, UINT64_MAX, CODE_AT, 0x1000, ERR_EXEC_FORMAT },
		{ UINT64_MAX - 0xfff, 0x1000, CODE_AT, 0x1000,
		  ERR_EXEC_FORMAT },
		{ 0x80000, 0x1000, CODE_AT, 0x1000, ERR_BELOW_1MB },
		{ 0x100000, 0x1000, UINT64_MAX, 0x1000, ERR_FILE_LENGTH },
		{ 0x100000, 0x1000, sizeof(kernel), 1, ERR_FILE_LENGTH },
		{ 0x100000, 0x1000, CODE_AT, 0x1001, ERR_EXEC_FORMAT },
	};

	make_elf64();
	assert_int_equal(load(0), 0);
	assert_int_equal(ho.mode, GO_PROT32);
	assert_int_equal(ho.entry, 0x100010);
	assert_int_equal(find("kernel", 0)->addr, 0x100000);
	assert_int_equal(find("kernel", 0)->file_off, CODE_AT);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		Elf64_Phdr *p = make_elf64();

		p->p_paddr = bad[i].addr;
		p->p_memsz = bad[i].size;
		p->p_offset = bad[i].off;
		p->p_filesz = bad[i].len;
		assert_int_equal(load(0), bad[i].err);
	}
	make_elf64();
	((Elf64_Ehdr *)kernel)->e_phoff = UINT64_MAX;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	make_elf64();
	((Elf64_Ehdr *)kernel)->e_machine = EM_386;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
}

static void test_info(void **state)
{
	const struct multiboot_info *info;
	const struct multiboot_module *mods;
	const struct multiboot_mmap *mmap;

	make_flat();
	assert_int_equal(load(2), 0);
	info = told((uint32_t)ho.rbx);
	assert_int_equal(info->flags, 0x24f);
	assert_int_equal(info->boot_device, 0x8200ffff);
	assert_string_equal(told(info->cmdline), "/boot/hv x=1");
	assert_string_equal(told(info->boot_loader_name), "Twinboot");
	assert_int_equal(info->mem_lower, 0x9fc00 >> 10);
	assert_int_equal(info->mem_upper, (0x8000000 - 0x100000) >> 10);
	assert_int_equal(info->mods_count, 2);
	mods = told(info->mods_addr);
	assert_string_equal(told(mods[0].string), "/m a b");
	assert_string_equal(told(mods[1].string), "/m");
	assert_int_equal(mods[0].mod_start % 4096, 0);
	assert_int_equal(mods[0].mod_end - mods[0].mod_start, 5000);
	assert_int_equal(mods[0].mod_start, find("module", 0)->addr);
	assert_int_equal(mods[1].mod_start, mods[0].mod_start + 8192);
	assert_true(mods[0].mod_start >= 0x200000 + sizeof(kernel) + 0x1000);
	assert_int_equal(info->mmap_length, map.n * sizeof(*mmap));
	mmap = told(info->mmap_addr);
	assert_int_equal(mmap[1].addr, 0x1000);
	assert_int_equal(mmap[1].type, MEM_RAM);
	assert_int_equal(mmap[map.n - 1].addr, 0x100000000);
}

static const struct bios_facts *facts(void)
{
	static const struct bios_facts f = { .n_drives = 3,
		.drive = { { 0x80, 16, 63, 100 }, { 0x81 }, { 0x8f, 1, 2, 3 } },
		.config_table = 0xfe6f5, .apm = { .version = 0x102,
						  .dseg_len = 7 } };

	return &f;
}

static void test_bios_facts(void **state)
{
	const struct platform bios = { .bios_facts = facts };
	const struct multiboot_info *info;
	const struct multiboot_drive *drive;
	const struct multiboot_apm *apm;

	make_flat();
	platform = &bios;
	assert_int_equal(load(1), 0);
	platform = NULL;
	info = told((uint32_t)ho.rbx);
	assert_int_equal(info->flags, 0x7cf);
	/* hd2 is what the BIOS calls 0x8f. */
	assert_int_equal(info->boot_device, 0x8f00ffff);
	assert_int_equal(info->config_table, 0xfe6f5);
	assert_int_equal(info->drives_length, 3 * sizeof(*drive));
	drive = told(info->drives_addr);
	assert_int_equal(drive[0].size, sizeof(*drive));
	assert_int_equal(drive[0].cylinders, 100);
	assert_int_equal(drive[2].number, 0x8f);
	assert_int_equal(drive[2].sectors, 2);
	apm = told(info->apm_table);
	assert_int_equal(apm->version, 0x102);
	assert_int_equal(apm->dseg_len, 7);
	assert_string_equal(told(info->cmdline), "/boot/hv x=1");
}

static void test_boot_devices(void **state)
{
	static const struct {
		uint32_t disk;
		int32_t part;
		uint32_t want;	/* 0: none is told */
	} cases[] = {
		{ 0, -1, 0x80ffffff }, { 1, 4, 0x8104ffff },
		{ 0, 254, 0x80feffff }, { 0, 300, 0x80ffffff },
		{ 0x7f, 0, 0xff00ffff }, { 0x80, 0, 0 },
		{ UINT32_MAX, 0, 0 },
	};

	make_flat();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct multiboot_info *info;

		assert_int_equal(load(0), 0);
		entry.root_disk = cases[i].disk;
		entry.root_part = cases[i].part;
		ho = (struct handover){ 0 };
		assert_int_equal(multiboot_format.load(&entry, &map, &arena,
						       &ho), 0);
		info = told((uint32_t)ho.rbx);
		assert_int_equal(info->boot_device, cases[i].want);
		assert_int_equal(!!(info->flags & 2), cases[i].want != 0);
	}
}

/* Four section headers at 0x2000; symbols at 0x2204, strings at 0x2300. */
static Elf32_Shdr *make_sections(void)
{
	Elf32_Ehdr *e = (void *)kernel;
	Elf32_Shdr *s = (void *)(kernel + 0x2000);

	make_elf();
	e->e_shoff = 0x2000;
	e->e_shentsize = sizeof(*s);
	e->e_shnum = 4;
	e->e_shstrndx = 3;
	s[1] = (Elf32_Shdr){ .sh_type = SHT_PROGBITS, .sh_addr = 0xc0100000,
		.sh_offset = CODE_AT, .sh_size = 0x1000 };
	s[2] = (Elf32_Shdr){ .sh_type = SHT_SYMTAB, .sh_offset = 0x2204,
		.sh_size = 0x40 };
	s[3] = (Elf32_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = 0x2300,
		.sh_size = 0x20 };
	return s;
}

static void test_sections(void **state)
{
	const struct multiboot_info *info;
	const struct piece *symbols, *headers;
	const Elf32_Shdr *s;

	make_sections();
	assert_int_equal(load(1), 0);
	info = told((uint32_t)ho.rbx);
	assert_int_equal(info->flags, 0x26f);
	assert_int_equal(info->syms_num, 4);
	assert_int_equal(info->syms_size, sizeof(*s));
	assert_int_equal(info->syms_shndx, 3);
	symbols = find("symbols", 0);
	headers = find("sections", 0);
	assert_int_equal(info->syms_addr, headers->addr);
	s = headers->mem;
	assert_int_equal(s[1].sh_addr, 0xc0100000);
	assert_int_equal(s[2].sh_addr - symbols->addr, 0x2204 -
			 symbols->file_off);
	assert_int_equal(s[2].sh_addr % 4096, 0x204);
	assert_int_equal(s[3].sh_addr - s[2].sh_addr, 0x2300 - 0x2204);
	assert_true(s[3].sh_addr + 0x20 <= symbols->addr + symbols->len);
	/* Behind the image, before the module. */
	assert_true(symbols->addr >= 0x101000);
	assert_true(find("module", 0)->addr >= headers->addr + headers->size);
}

/* A kernel runs without its symbols. */
static void test_sections_bad(void **state)
{
	Elf32_Ehdr *e = (void *)kernel;

	for (int i = 0; i < 5; i++) {
		Elf32_Shdr *s = make_sections();
		const struct multiboot_info *info;

		if (i == 0)
			e->e_shoff = sizeof(kernel) - 100;
		else if (i == 1)
			e->e_shstrndx = 4;
		else if (i == 2)
			s[2].sh_size = sizeof(kernel);
		else if (i == 3)
			s[3].sh_offset = 0xfffffff0;
		else
			e->e_shentsize = 64;
		assert_int_equal(load(0), 0);
		info = told((uint32_t)ho.rbx);
		assert_int_equal(info->flags & 0x20, 0);
	}
}

static void test_bad(void **state)
{
	Elf32_Phdr *p;

	make_flat()->checksum++;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	make_flat()->entry_addr = 0x1ffff0;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	make_flat()->header_addr = 0x100000;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	make_flat()->load_end_addr = 0x200000 + sizeof(kernel) + 1;
	assert_int_equal(load(0), ERR_FILE_LENGTH);
	make_flat()->bss_end_addr = 0x9000000;
	assert_int_equal(load(0), ERR_NO_MEMORY);
	p = make_elf();
	p->p_paddr = 0x90000;
	assert_int_equal(load(0), ERR_BELOW_1MB);
	p = make_elf();
	p->p_filesz = 0x2000;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	p = make_elf();
	p->p_offset = 0x2001;
	assert_int_equal(load(0), ERR_FILE_LENGTH);
	((Elf32_Ehdr *)make_header(0))->e_phnum = 1;
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	make_flat();
	assert_int_equal(load(1), 0);
	entry.initrd_given = true;
	err_clear();
	assert_int_equal(multiboot_format.load(&entry, &map, &arena, &ho),
			 ERR_NEED_LINUX);
}

static void test_module_too_large(void **state)
{
	make_flat();
	assert_int_equal(load(1), 0);
	entry.module[0].file.size = 0x8000000;
	ho.n = 0;
	assert_int_equal(multiboot_format.load(&entry, &map, &arena, &ho),
			 ERR_NO_MEMORY);
	assert_non_null(strstr(err_text(), "module /m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flat),
		cmocka_unit_test(test_elf),
		cmocka_unit_test(test_elf64),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_bios_facts),
		cmocka_unit_test(test_boot_devices),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_sections_bad),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_module_too_large),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
