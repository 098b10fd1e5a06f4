/* Multiboot 2: header tags, ELF of both sizes, and what the kernel is told. */
#include "tests/unit/unit.h"

#include <elf.h>

#include "loader/abi/multiboot2.h"
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/picture.h"
#include "loader/platform.h"

#define HEADER_AT 0x100
#define CODE_AT 0x1000
#define LINKED 0x200000

static uint8_t kernel[0x3000], module[5000];
static size_t tags_at;
static uint8_t room[1 << 20] __attribute__((aligned(16)));
static struct arena arena;
static struct memmap map;
static struct handover ho;
static struct boot_entry entry;

static void put32(size_t at, uint32_t v)
{
	memcpy(kernel + at, &v, 4);
}

/* Append a header tag with N words of DATA. */
static void tag(uint32_t type, uint32_t flags, unsigned n, const uint32_t *data)
{
	put32(tags_at, type | flags << 16);
	put32(tags_at + 4, 8 + 4 * n);
	for (unsigned i = 0; i < n; i++)
		put32(tags_at + 8 + 4 * i, data[i]);
	tags_at += (8 + 4 * n + 7) & ~7u;
}

static void end_header(void)
{
	uint32_t len;

	tag(MULTIBOOT2_HEADER_END, 0, 0, NULL);
	len = (uint32_t)(tags_at - HEADER_AT);
	put32(HEADER_AT, MULTIBOOT2_HEADER_MAGIC);
	put32(HEADER_AT + 4, 0);
	put32(HEADER_AT + 8, len);
	put32(HEADER_AT + 12, -(MULTIBOOT2_HEADER_MAGIC + len));
}

static void begin(void)
{
	Elf32_Ehdr *e = (void *)kernel;
	Elf32_Phdr *p = (void *)(kernel + sizeof(*e));

	memset(kernel, 0, sizeof(kernel));
	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS32;
	e->e_machine = EM_386;
	e->e_phoff = sizeof(*e);
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 1;
	*p = (Elf32_Phdr){ .p_type = PT_LOAD, .p_offset = CODE_AT,
		.p_paddr = LINKED, .p_filesz = 0x1000, .p_memsz = 0x5000 };
	tags_at = HEADER_AT + sizeof(struct multiboot2_header);
	tag(MULTIBOOT2_HEADER_EFI_BS, 0, 0, NULL);
	tag(MULTIBOOT2_HEADER_ENTRY_EFI64, 0, 1, (uint32_t[]){ LINKED + 16 });
}

static const struct platform *platform;	/* the entry's */
static uint32_t upper_kib;		/* the same */

static int load(unsigned modules)
{
	err_clear();
	arena = (struct arena){ room, sizeof(room), 0 };
	ho = (struct handover){ 0 };
	entry = (struct boot_entry){ .kernel_path = "/boot/xen", .args = "x=1",
		.n_modules = modules, .platform = platform,
		.upper_kib = upper_kib };
	fs_mem_file(&entry.kernel, kernel, sizeof(kernel));
	for (unsigned i = 0; i < modules; i++) {
		entry.module[i].path = "/m";
		entry.module[i].args = i ? "" : "a b";
		fs_mem_file(&entry.module[i].file, module, sizeof(module));
	}
	return multiboot2_format.load(&entry, &map, &arena, &ho);
}

static int setup(void **state)
{
	map.n = 0;
	memmap_add(&map, 0, 0xa0000, MEM_RAM);
	memmap_add(&map, 0x100000, 0x8000000, MEM_RAM);
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

/* The information tag TYPE, the NTH of them; NULL: there is none. */
static const void *told(uint32_t type, unsigned nth)
{
	const struct piece *p = find("multiboot info", 0);
	const struct multiboot2_info *info = p->mem;
	size_t at = sizeof(*info);

	assert_int_equal(p->addr, ho.rbx);
	assert_int_equal(info->total_size, p->len);
	while (at < info->total_size) {
		const uint8_t *mem = p->mem;
		const struct multiboot2_tag *t = (void *)(mem + at);

		assert_true(t->size >= 8 && t->size <= info->total_size - at);
		if (t->type == type && !nth--)
			return t;
		at += (t->size + 7) & ~7ul;
	}
	assert_int_equal(at, info->total_size);
	return NULL;
}

static struct picture asked;

static int picture(struct picture *p)
{
	asked = *p;
	*p = (struct picture){ .mode = 3, .addr = 0x180000000, .pitch = 4096,
		.width = 1024, .height = 768, .bpp = 32, .kind = PICTURE_RGB,
		.color = { 16, 8, 8, 8, 0, 8 } };
	return 0;
}

static int no_picture(struct picture *p)
{
	return fail(ERR_MULTIBOOT, "none");
}

/* The same for a framebuffer tag, a request for one and a console. */
static void test_picture(void **state)
{
	const struct platform with = { .picture = picture },
			      without = { .picture = no_picture };
	static const struct {
		uint32_t type, n, data[3];
	} tags[] = {
		{ MULTIBOOT2_HEADER_FRAMEBUFFER, 3, { 800, 600, 32 } },
		{ MULTIBOOT2_HEADER_REQUEST, 1, { MULTIBOOT2_FRAMEBUFFER } },
		{ MULTIBOOT2_HEADER_CONSOLE, 1, { 1 } },
	};
	const struct multiboot2_framebuffer *f;

	for (unsigned i = 0; i < 3 * 2; i++) {
		bool optional = i & 1;

		begin();
		tag(tags[i / 2].type, optional, tags[i / 2].n,
		    tags[i / 2].data);
		end_header();
		platform = &with;
		assert_int_equal(load(0), 0);
		assert_int_equal(asked.width, i / 2 ? 0 : 800);
		assert_int_equal(asked.height, i / 2 ? 0 : 600);
		assert_int_equal(ho.video_mode, 3);
		f = told(MULTIBOOT2_FRAMEBUFFER, 0);
		assert_non_null(f);
		assert_int_equal(f->addr, 0x180000000);
		assert_int_equal(f->pitch, 4096);
		assert_int_equal(f->width, 1024);
		assert_int_equal(f->height, 768);
		assert_int_equal(f->bpp, 32);
		assert_int_equal(f->kind, 1);
		assert_int_equal(f->color[0], 16);
		for (unsigned k = 0; k < 2; k++) {
			platform = k ? &without : NULL;
			assert_int_equal(load(0), optional ? 0 : ERR_MULTIBOOT);
			if (optional)
				assert_null(told(MULTIBOOT2_FRAMEBUFFER, 0));
		}
	}
	platform = NULL;
}

static void test_uppermem(void **state)
{
	begin();
	end_header();
	upper_kib = 777;
	assert_int_equal(load(0), 0);
	upper_kib = 0;
	assert_null(told(MULTIBOOT2_MMAP, 0));
	assert_int_equal(((const struct multiboot2_memory *)
			  told(MULTIBOOT2_MEMORY, 0))->mem_upper, 777);
}

static void test_told(void **state)
{
	const struct multiboot2_module *m;
	const struct multiboot2_mmap *mmap;
	const struct multiboot2_pointer *p;

	begin();
	end_header();
	assert_true(multiboot2_format.probe(span_of(kernel, 8192)));
	assert_int_equal(load(2), 0);
	assert_int_equal(ho.mode, GO_EFI64);
	assert_int_equal(ho.rax, MULTIBOOT2_LOADER_MAGIC);
	assert_int_equal(ho.entry, LINKED + 16);
	assert_int_equal(find("kernel", 0)->addr, LINKED);
	assert_int_equal(find("kernel", 0)->size, 0x5000);
	assert_string_equal((char *)told(MULTIBOOT2_CMDLINE, 0) + 8,
			    "/boot/xen x=1");
	m = told(MULTIBOOT2_MODULE, 0);
	assert_string_equal(m->string, "/m a b");
	assert_int_equal(m->mod_start, find("module", 0)->addr);
	assert_int_equal(m->mod_end - m->mod_start, sizeof(module));
	m = told(MULTIBOOT2_MODULE, 1);
	assert_string_equal(m->string, "/m");
	assert_int_equal(m->tag.size, sizeof(*m) + 3);
	assert_null(told(MULTIBOOT2_MODULE, 2));
	mmap = told(MULTIBOOT2_MMAP, 0);
	assert_int_equal(mmap->entry_size, 24);
	assert_int_equal(mmap->tag.size, 16 + 24 * map.n);
	assert_int_equal(mmap->entry[1].len, 0x8000000 - 0x100000);
	p = told(MULTIBOOT2_EFI64, 0);
	assert_int_equal(p->tag.size, 16);
	assert_non_null(told(MULTIBOOT2_EFI64_IMAGE, 0));
	assert_non_null(told(MULTIBOOT2_EFI_BS, 0));
	assert_null(told(MULTIBOOT2_LOAD_BASE, 0));
}

static void test_relocated(void **state)
{
	const struct multiboot2_load_base *l;
	struct memmap before = map;

	begin();
	tag(MULTIBOOT2_HEADER_RELOCATABLE, 0, 4,
	    (uint32_t[]){ 0x200000, 0xffffffff, 0x200000, 2 });
	end_header();
	assert_int_equal(load(0), 0);
	l = told(MULTIBOOT2_LOAD_BASE, 0);
	assert_int_equal(l->addr, LINKED);
	memmap_set(&map, LINKED, LINKED + 0x1000, MEM_RESERVED);
	assert_int_equal(load(0), 0);
	l = told(MULTIBOOT2_LOAD_BASE, 0);
	assert_int_equal(l->addr % 0x200000, 0);
	assert_true(l->addr > LINKED && l->addr < 0x8000000);
	assert_int_equal(find("kernel", 0)->addr, l->addr);
	assert_int_equal(ho.entry, l->addr + 16);
	/* One that must stay cannot. */
	begin();
	end_header();
	assert_int_equal(load(0), ERR_NO_MEMORY);
	map = before;
}

static void test_demands(void **state)
{
	static const struct {
		uint32_t type, flags;
		uint32_t data[2];
		int err;
	} cases[] = {
		{ MULTIBOOT2_HEADER_REQUEST, 0, { 4, 6 }, 0 },
		{ MULTIBOOT2_HEADER_REQUEST, 0, { 6, 9 }, ERR_MULTIBOOT },
		{ MULTIBOOT2_HEADER_REQUEST, 1, { 6, 9 }, 0 },
		{ MULTIBOOT2_HEADER_REQUEST, 0, { 6, 77 }, ERR_MULTIBOOT },
		{ MULTIBOOT2_HEADER_CONSOLE, 0, { 2 }, 0 },
		{ MULTIBOOT2_HEADER_CONSOLE, 0, { 1 }, ERR_MULTIBOOT },
		{ MULTIBOOT2_HEADER_FRAMEBUFFER, 0, { 1 }, ERR_MULTIBOOT },
		{ MULTIBOOT2_HEADER_FRAMEBUFFER, 1, { 1 }, 0 },
		{ 2, 0, { 1 }, ERR_MULTIBOOT },
		{ MULTIBOOT2_HEADER_MODULE_ALIGN, 0, { 0 }, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		tag(cases[i].type, cases[i].flags, 2, cases[i].data);
		end_header();
		assert_int_equal(load(0), cases[i].err);
	}
}

static void test_bad(void **state)
{
	begin();
	end_header();
	kernel[HEADER_AT + 12]++;
	assert_false(multiboot2_format.probe(span_of(kernel, 8192)));
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	begin();
	put32(HEADER_AT + 16 + 4, 4);	/* a tag of 4 bytes */
	end_header();
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	begin();
	((Elf32_Phdr *)(kernel + sizeof(Elf32_Ehdr)))->p_filesz = 0x2001;
	end_header();
	assert_int_equal(load(0), ERR_FILE_LENGTH);
	begin();
	((Elf32_Phdr *)(kernel + sizeof(Elf32_Ehdr)))->p_paddr = 0xfffff000;
	end_header();
	assert_int_equal(load(0), ERR_EXEC_FORMAT);
	begin();
	((Elf32_Phdr *)(kernel + sizeof(Elf32_Ehdr)))->p_filesz = 8;
	end_header();
	assert_int_equal(load(0), ERR_EXEC_FORMAT);	/* the entry */
	tags_at = HEADER_AT + 16;
	memset(kernel + tags_at, 0, 64);
	end_header();
	assert_int_equal(load(0), ERR_MULTIBOOT);	/* no EFI */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_uppermem),
		cmocka_unit_test(test_relocated),
		cmocka_unit_test(test_demands),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
