/* Xen PV kernels: notes in all their forms, layouts, tables, refusals. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "tests/unit/pvelf.h"

#define BASE 0xffffffff80000000ul

static struct pvelf k;
static struct xenpv_image img;

static int parse(void)
{
	struct file f;

	err_clear();
	fs_mem_file(&f, k.file, k.size);
	return xenpv_parse(&f, &img);
}

static void assert_refused(int code, const char *why)
{
	assert_int_equal(parse(), code);
	assert_non_null(strstr(err_text(), why));
}

/* Notes of a kernel at 16 MiB that wants all that Linux wants. */
static void linux_notes(void)
{
	pvelf_begin(&k, 0x1000000);
	pvelf_usual(&k);
	pvelf_number(&k, XEN_ELFNOTE_VIRT_BASE, BASE, 8);
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, BASE + 0x1000000, 8);
	pvelf_number(&k, XEN_ELFNOTE_INIT_P2M, 0x8000000000, 8);
	pvelf_number(&k, XEN_ELFNOTE_MOD_START_PFN, 1, 4);
	pvelf_string(&k, XEN_ELFNOTE_FEATURES,
		     "!writable_page_tables|pae_pgdir_above_4gb");
}

static void test_notes(void **state)
{
	for (int where = PVELF_SEGMENT; where <= PVELF_SECTION; where++) {
		linux_notes();
		pvelf_end(&k, where, NULL);
		assert_int_equal(parse(), 0);
		assert_int_equal(img.virt_base, BASE);
		assert_int_equal(img.entry, BASE + 0x1000000);
		assert_int_equal(img.init_p2m, 0x8000000000);
		assert_true(img.mod_start_pfn);
		assert_true(img.hypercall_page == XENPV_NONE);
		assert_int_equal(img.start, 0x1000000);
		assert_int_equal(img.end, 0x1005000);
		assert_int_equal(img.n, 2);
		assert_int_equal(img.seg[1].len, 0x800);
	}
}

static void test_legacy(void **state)
{
	pvelf_begin(&k, BASE + 0x200000);
	pvelf_end(&k, PVELF_LEGACY, "GUEST_OS=linux,GUEST_VER=2.6,"
		  "XEN_VER=xen-3.0,VIRT_BASE=0xffffffff80000000,"
		  "HYPERCALL_PAGE=0x203,VIRT_ENTRY=0xffffffff80200000,"
		  "LOADER=generic");
	assert_int_equal(parse(), 0);
	assert_int_equal(img.start, 0x200000);	/* offset defaults to base */
	assert_int_equal(img.hypercall_page, BASE + 0x203000);
	assert_int_equal(img.entry, BASE + 0x200000);
	assert_false(img.mod_start_pfn);

	pvelf_begin(&k, 0x200000);
	pvelf_end(&k, PVELF_LEGACY, "GUEST_OS=linux,XEN_VER=xen-3.0,"
		  "VIRT_BASE=0xffffffff80000000,ELF_PADDR_OFFSET=0x0,"
		  "VIRT_ENTRY=0xffffffff80200000");
	assert_int_equal(parse(), 0);
	assert_int_equal(img.start, 0x200000);
}

/* XTF's shape: loaded at 1 MiB, no VIRT_BASE, entry from the ELF header. */
static void test_low_kernel(void **state)
{
	pvelf_begin(&k, 0);
	pvelf_usual(&k);
	pvelf_number(&k, XEN_ELFNOTE_HYPERCALL_PAGE, 0x3000, 4);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_int_equal(parse(), 0);
	assert_int_equal(img.virt_base, 0);
	assert_int_equal(img.entry, 0x1234);
	assert_int_equal(img.hypercall_page, 0x3000);
}

static void test_refusals(void **state)
{
	pvelf_begin(&k, 0x1000000);
	pvelf_end(&k, PVELF_NONE, NULL);
	assert_refused(ERR_EXEC_FORMAT, "not a Xen PV kernel: no Xen notes");

	linux_notes();
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	k.file[EI_CLASS] = ELFCLASS32;
	assert_refused(ERR_EXEC_FORMAT, "32-bit");
	k.file[0] = 0;
	assert_refused(ERR_EXEC_FORMAT, "not an ELF");
	k.size = 20;
	assert_refused(ERR_FILE_LENGTH, "");

	linux_notes();
	pvelf_string(&k, XEN_ELFNOTE_FEATURES, "!tea|pae_pgdir_above_4gb");
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "requires tea");

	linux_notes();
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, BASE + 0x1005001, 8);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "outside the kernel");

	linux_notes();
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, 0, 3);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "3 bytes");

	linux_notes();
	pvelf_number(&k, XEN_ELFNOTE_HYPERCALL_PAGE, BASE + 0x1005000, 8);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "hypercall page");

	pvelf_begin(&k, 0x1000000);
	pvelf_usual(&k);
	pvelf_number(&k, XEN_ELFNOTE_PADDR_OFFSET, 0, 8);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "PADDR_OFFSET without VIRT_BASE");

	pvelf_begin(&k, 0x1000000);
	pvelf_usual(&k);
	pvelf_number(&k, XEN_ELFNOTE_PHYS32_ENTRY, 0x1000000, 4);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "PVH only");

	linux_notes();
	k.load[1].p_filesz = 0x100000;
	k.load[1].p_memsz = 0x100000;
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_FILE_LENGTH, "cut short");

	linux_notes();
	k.load[0].p_paddr = -0x1000ul;
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_refused(ERR_EXEC_FORMAT, "segment");
}

/* INIT_P2M where it must be ignored. */
static void test_init_p2m(void **state)
{
	static const uint64_t ignored[] = { BASE, BASE + 0x40000000,
					    0x8000000800 };

	for (size_t i = 0; i < 3; i++) {
		linux_notes();
		pvelf_number(&k, XEN_ELFNOTE_INIT_P2M, ignored[i], 8);
		pvelf_end(&k, PVELF_SEGMENT, NULL);
		assert_int_equal(parse(), 0);
		assert_true(img.init_p2m == XENPV_NONE);
	}
	linux_notes();
	pvelf_number(&k, XEN_ELFNOTE_INIT_P2M, BASE - 0x1000, 8);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	assert_int_equal(parse(), 0);
	struct xenpv x = { .image = img, .cmdline = "", .nr_pages = 65536 };
	assert_int_equal(xenpv_layout(&x), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "meets the kernel"));
}

/* What genuine Xen 4.17 did with Debian's 6.1 kernel in 256 MiB. */
static void test_layout_of_xen(void **state)
{
	struct xenpv x = { .image = { .virt_base = BASE, .mod_start_pfn = true,
		.start = 0x1000000, .end = 0x4a00000,
		.init_p2m = 0x8000000000, .hypercall_page = XENPV_NONE },
		.cmdline = "", .nr_pages = 65536, .mod_len = 0x1fc000 };

	err_clear();
	assert_int_equal(xenpv_layout(&x), 0);
	assert_int_equal(x.kernel.pfn, 0x1000);
	assert_int_equal(x.kernel.n, 0x3a00);
	assert_int_equal(x.start_info, 0x4a00);
	assert_int_equal(x.store, 0x4a01);
	assert_int_equal(x.console, 0x4a02);
	assert_int_equal(x.tables.pfn, 0x4a03);
	assert_int_equal(x.tables.n, 0x29);
	assert_int_equal(x.stack, 0x4a2c);
	assert_int_equal(BASE + x.map_end * 4096, 0xffffffff84c00000);
	assert_int_equal(x.initrd.pfn, 0x4c00);
	assert_int_equal(x.p2m.pfn, 0x4dfc);
	assert_int_equal(x.p2m.n + x.p2m_tables.n, 0x83);
	assert_int_equal(x.flags, SIF_MOD_START_PFN);
	assert_int_equal(x.mod_start, 0x4c00);
}

static void test_too_small(void **state)
{
	struct xenpv x = { .image = { .virt_base = BASE, .start = 0x1000000,
		.end = 0x4a00000, .init_p2m = XENPV_NONE,
		.hypercall_page = XENPV_NONE }, .cmdline = "" };
	uint64_t enough = 0x4c00;
	static char long_line[1025];

	x.nr_pages = enough - 1;
	err_clear();
	assert_int_equal(xenpv_layout(&x), ERR_NO_MEMORY);
	x.nr_pages = 100;
	assert_int_equal(xenpv_layout(&x), ERR_NO_MEMORY);
	x.nr_pages = enough;
	assert_int_equal(xenpv_layout(&x), 0);
	x.mod_len = UINT64_MAX - 5000;
	assert_int_equal(xenpv_layout(&x), ERR_NO_MEMORY);
	memset(long_line, 'x', 1024);
	x.cmdline = long_line;
	assert_int_equal(xenpv_layout(&x), ERR_ARGUMENT);
	x = (struct xenpv){ .image = { .virt_base = -0x400000ul,
		.start = 0, .end = 0x300000, .init_p2m = XENPV_NONE,
		.hypercall_page = XENPV_NONE }, .cmdline = "",
		.nr_pages = 65536 };
	assert_int_equal(xenpv_layout(&x), ERR_EXEC_FORMAT);
	x.image.virt_base = 0xffff7ffffff00000;
	assert_int_equal(xenpv_layout(&x), ERR_EXEC_FORMAT);
}

/* ---- contents: a domain whose mfns are not its pfns ---- */

struct domain {
	uint8_t *mem;
	uint64_t nr;
};

static uint64_t mfn_of(void *ctx, uint64_t pfn)
{
	const struct domain *d = ctx;

	assert_true(pfn < d->nr);
	return 0x100000 + (pfn ^ 5);
}

static void *page_of(void *ctx, uint64_t pfn)
{
	struct domain *d = ctx;

	assert_true(pfn < d->nr);
	return d->mem + pfn * 4096;
}

/* The pfn that VA leads to in D, or XENPV_NONE; *FLAGS of the last entry. */
static uint64_t walk(struct domain *d, const struct xenpv *x, uint64_t va,
		     uint64_t *flags)
{
	uint64_t pfn = x->tables.pfn, e = 0;

	for (int level = 4; level >= 1; level--) {
		e = ((uint64_t *)page_of(d, pfn))[va >> (3 + 9 * level) & 511];
		if (!(e & PTE_P))
			return XENPV_NONE;
		pfn = (((e >> 12) - 0x100000) & 0xfffffff) ^ 5;
		if (level > 1)
			assert_int_equal(e & 0xfff, 0x67);
	}
	*flags = e & 0xfff;
	return pfn;
}

static bool in(struct xenpv_range r, uint64_t pfn)
{
	return pfn - r.pfn < r.n;
}

static void check_map(struct domain *d, const struct xenpv *x)
{
	uint64_t flags = 0, base = x->image.virt_base;

	for (uint64_t pfn = 0; pfn < x->map_end; pfn++) {
		assert_int_equal(walk(d, x, base + pfn * 4096, &flags), pfn);
		assert_int_equal(!(flags & PTE_RW), in(x->tables, pfn) ||
				 in(x->p2m_tables, pfn));
	}
	assert_true(walk(d, x, base + x->map_end * 4096, &flags) == XENPV_NONE);
	for (uint64_t i = 0; i < x->p2m.n; i++)
		assert_int_equal(walk(d, x, x->p2m_va + i * 4096, &flags),
				 x->p2m.pfn + i);
}

static void check_contents(struct domain *d, const struct xenpv *x)
{
	const uint64_t *list = page_of(d, x->p2m.pfn);
	const start_info_t *s = page_of(d, x->start_info);

	for (uint64_t i = 0; i < d->nr; i++)
		assert_int_equal(list[i], mfn_of(d, i));
	assert_string_equal(s->magic, "xen-3.0-x86_64");
	assert_int_equal(s->nr_pages, d->nr);
	assert_int_equal(s->shared_info, 0xabc000);
	assert_int_equal(s->store_mfn, mfn_of(d, x->store));
	assert_int_equal(s->console.domU.mfn, mfn_of(d, x->console));
	assert_int_equal(s->store_evtchn, 1);
	assert_int_equal(s->console.domU.evtchn, 2);
	assert_int_equal(s->pt_base, x->image.virt_base + x->tables.pfn * 4096);
	assert_int_equal(s->nr_pt_frames, x->tables.n);
	assert_int_equal(s->mfn_list, x->p2m_va);
	assert_string_equal((char *)s->cmd_line, x->cmdline);
}

static void build_one(uint64_t base, uint64_t start, uint64_t init_p2m,
		      uint64_t mod_len)
{
	struct xenpv x = { .image = { .virt_base = base, .start = start,
		.end = start + 0x5000, .init_p2m = init_p2m,
		.hypercall_page = base + start, .mod_start_pfn = mod_len & 1 },
		.cmdline = "root=/dev/xvda1", .nr_pages = 0x1800,
		.mod_len = mod_len };
	struct domain d = { malloc(0x1800 * 4096ul), 0x1800 };
	struct xenpv_machine m = { page_of, mfn_of, &d, 0xabc000, 1, 2 };
	const uint8_t *stubs;

	memset(d.mem, 0xee, 0x1800 * 4096ul);
	err_clear();
	assert_int_equal(xenpv_layout(&x), 0);
	assert_int_equal(xenpv_write(&x, &m), 0);
	check_map(&d, &x);
	check_contents(&d, &x);
	stubs = page_of(&d, start / 4096);
	assert_memory_equal(stubs + 32 * 29,
			    "\x51\x41\x53\xb8\x1d\0\0\0\x0f\x05"
			    "\x41\x5b\x59\xc3",
			    14);
	free(d.mem);
}

static void test_contents(void **state)
{
	build_one(BASE, 0x1000000, 0x8000000000, 0x2001);
	build_one(BASE, 0x1000000, XENPV_NONE, 0x2000);
	build_one(BASE, 0, XENPV_NONE, 0);
	build_one(0, 0x100000, XENPV_NONE, 0);
	build_one(0x200000000000, 0x100000, XENPV_NONE, 0x1001);
	/* the list's tables are partly those of the kernel map */
	build_one(BASE, 0x1000000, BASE - 0x10000, 0x1001);
	build_one(0x8040200000, 0x100000, 0x8040000000, 0);
	build_one(0x8040200000, 0x100000, 0x8000000000, 0);
	build_one(0x7fc0000000, 0x100000, 0x7fbfff0000, 0);
}

static struct handover ho;
static uint8_t room[1 << 20];

static int load(struct boot_entry *e)
{
	struct arena a = { room, sizeof(room), 0 };
	static struct memmap map;

	map.n = 0;
	memmap_add(&map, 0, 64ul << 20, MEM_RAM);
	ho.n = 0;
	err_clear();
	fs_mem_file(&e->kernel, k.file, k.size);
	assert_true(xenpv_format.probe(span_of(k.file, 4096)));
	return xenpv_format.load(e, &map, &a, &ho);
}

static void test_load(void **state)
{
	static const uint8_t initrd[5000] = "initrd";
	struct boot_entry e = { .args = "quiet", .initrd_given = true,
		.n_modules = 2 };
	const struct xenpv *x;

	linux_notes();
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	fs_mem_file(&e.module[0].file, initrd, 4999);
	fs_mem_file(&e.module[1].file, initrd, 100);
	assert_int_equal(load(&e), 0);
	x = ho.extra.xenpv;
	assert_int_equal(ho.mode, GO_XENPV);
	assert_int_equal(ho.n, 4);
	assert_int_equal(ho.entry, BASE + 0x1000000);
	assert_int_equal(ho.rsi, BASE + x->start_info * 4096);
	assert_int_equal(ho.stack, BASE + (x->stack + 1) * 4096);
	assert_int_equal(ho.piece[1].addr, 0x1003000);
	assert_int_equal(ho.piece[1].size, 0x2000);
	assert_int_equal(ho.piece[1].len, 0x800);
	assert_int_equal(ho.piece[3].addr, ho.piece[2].addr + 5000);
	assert_int_equal(x->mod_len, 5100);
	assert_int_equal(x->nr_pages, 16384);
}

static void test_load_list(void **state)
{
	static const uint8_t data[5000] = "module";
	struct boot_entry e = { .args = "", .n_modules = 2 };
	const struct xen_multiboot_mod_list *l;
	const struct xenpv *x;

	linux_notes();
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	fs_mem_file(&e.module[0].file, data, 5000);
	fs_mem_file(&e.module[1].file, data, 1);
	e.module[0].args = "one 1";
	e.module[1].args = "";
	assert_int_equal(load(&e), 0);
	x = ho.extra.xenpv;
	assert_int_equal(x->flags, SIF_MULTIBOOT_MOD);
	assert_int_equal(x->mod_start, BASE + x->initrd.pfn * 4096);
	assert_true(x->initrd.pfn < x->map_end);
	assert_int_equal(x->mod_len, 4096 + 8192 + 1);
	l = ho.piece[2].mem;
	assert_int_equal(ho.piece[2].addr, x->initrd.pfn * 4096);
	assert_int_equal(l[0].mod_start, 4096);
	assert_int_equal(l[0].mod_end, 9096);
	assert_string_equal((const char *)l + l[0].cmdline, "one 1");
	assert_string_equal((const char *)l + l[1].cmdline, "");
	assert_int_equal(l[1].mod_start, 12288);
	assert_int_equal(l[2].mod_start, 0);
	assert_int_equal(ho.piece[4].addr, x->initrd.pfn * 4096 + 12288);
}

/* Linux reads no list: what `module` gave it is its initrd. */
static void test_load_linux(void **state)
{
	static const uint8_t data[5000] = "module";
	struct boot_entry e = { .args = "", .n_modules = 2 };
	const struct xenpv *x;

	linux_notes();
	pvelf_string(&k, XEN_ELFNOTE_GUEST_OS, "linux");
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	fs_mem_file(&e.module[0].file, data, 4999);
	fs_mem_file(&e.module[1].file, data, 1);
	e.module[0].args = e.module[1].args = "";
	assert_int_equal(load(&e), 0);
	x = ho.extra.xenpv;
	assert_int_equal(x->flags & SIF_MULTIBOOT_MOD, 0);
	assert_int_equal(x->mod_len, 5001);
	assert_int_equal(ho.piece[2].role, PIECE_INITRD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_low_kernel),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_init_p2m),
		cmocka_unit_test(test_layout_of_xen),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_load_list),
		cmocka_unit_test(test_load_linux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
