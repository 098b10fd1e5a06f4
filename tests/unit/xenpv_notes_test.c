/* Xen's notes by a hostile hand: lengths, names and tables that lie. */
#include "tests/unit/unit.h"

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "loader/kernel/xenpv/xenpv_notes.h"
#include "tests/unit/pvelf.h"

#define NOTES_MAX 4096u		/* that are looked at */
#define AT 0x1000u		/* where many notes lie */

static struct pvelf k;
static uint8_t many[AT + (NOTES_MAX + 2) * 16 + 100];
static struct xenpv_notes notes;

static Elf64_Ehdr *ehdr(void)
{
	return (Elf64_Ehdr *)k.file;
}

static Elf64_Shdr *section(unsigned i)
{
	return (Elf64_Shdr *)(k.file + ehdr()->e_shoff) + i;
}

static int read_notes(void)
{
	struct file f;

	err_clear();
	fs_mem_file(&f, k.file, k.size);
	return xenpv_notes_read(&f, ehdr(), &notes);
}

/* Each text as long as there is room for it, and one byte longer. */
static void test_strings(void **state)
{
	static const uint32_t types[] = {
		XEN_ELFNOTE_LOADER, XEN_ELFNOTE_GUEST_OS,
		XEN_ELFNOTE_XEN_VERSION, XEN_ELFNOTE_FEATURES,
	};
	char text[sizeof(notes.features) + 1];

	for (unsigned i = 0; i < 8; i++) {
		size_t room = i / 2 == 3 ? sizeof(notes.features) :
			      sizeof(notes.loader);

		memset(text, 'x', sizeof(text));
		text[room - 1 + i % 2] = 0;
		pvelf_begin(&k, 0x1000000);
		pvelf_string(&k, types[i / 2], text);
		pvelf_end(&k, PVELF_SEGMENT, NULL);
		assert_int_equal(read_notes(), i % 2 ? ERR_EXEC_FORMAT : 0);
	}
}

/*
 * A note of others' whose NAME and DESC are so long; then one of Xen's, and
 * SIZE bytes of all that, 0: as many as there are.
 */
static int read_long(uint32_t name, uint32_t desc, uint64_t size)
{
	Elf64_Nhdr h = { name, desc, 1 };
	Elf64_Phdr *ph;

	pvelf_begin(&k, 0x1000000);
	memcpy(k.note, &h, sizeof(h));
	k.note_len = sizeof(h);
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, 1, 8);
	pvelf_end(&k, PVELF_SEGMENT, NULL);
	ph = (Elf64_Phdr *)(k.file + ehdr()->e_phoff);
	if (size)
		ph[2].p_filesz = size;
	return read_notes();
}

/* Near 2^32 nothing wraps: a note that does not fit ends the notes. */
static void test_lengths(void **state)
{
	assert_int_equal(read_long(0, 0, 0), 0);
	assert_int_equal(notes.entry, 1);
	for (uint32_t less = 0; less < 8; less++) {
		assert_int_equal(read_long(UINT32_MAX - less, 0, 0), 0);
		assert_int_equal(notes.n, 0);
		assert_int_equal(read_long(0, UINT32_MAX - less, 0), 0);
		assert_int_equal(notes.n, 0);
		/* Where they are said to fit, the file is too short. */
		assert_true(read_long(UINT32_MAX - less, 0, UINT64_MAX) < 0);
		assert_int_equal(notes.n, 0);
		assert_true(read_long(0, UINT32_MAX - less, UINT64_MAX) < 0);
		assert_int_equal(notes.n, 0);
	}
}

/* A file may have more notes than anybody looks at. */
static void test_many(void **state)
{
	Elf64_Ehdr eh = { .e_phoff = sizeof(eh), .e_phnum = 1,
			  .e_phentsize = sizeof(Elf64_Phdr) };
	Elf64_Phdr ph = { .p_type = PT_NOTE, .p_offset = AT };
	struct file f;

	pvelf_begin(&k, 0);
	pvelf_number(&k, XEN_ELFNOTE_ENTRY, 1, 8);
	for (unsigned before = NOTES_MAX - 1; before <= NOTES_MAX; before++) {
		size_t size = before * sizeof(Elf64_Nhdr);

		memset(many, 0, sizeof(many));
		memcpy(many + AT + size, k.note, k.note_len);
		ph.p_filesz = size + k.note_len;
		memcpy(many + sizeof(eh), &ph, sizeof(ph));
		fs_mem_file(&f, many, sizeof(many));
		assert_int_equal(xenpv_notes_read(&f, &eh, &notes), 0);
		assert_int_equal(notes.n, before < NOTES_MAX);
	}
}

static void make_legacy(void)
{
	pvelf_begin(&k, 0x1000000);
	pvelf_end(&k, PVELF_LEGACY, "LOADER=generic,XEN_VER=xen-3.0");
}

static void test_sections(void **state)
{
	make_legacy();
	assert_int_equal(read_notes(), 0);
	assert_string_equal(notes.loader, "generic");
	/* The name ends behind the strings, or is behind them. */
	for (uint64_t size = 0; size < 19; size++) {
		section(2)->sh_size = size;
		assert_int_equal(read_notes(), 0);
		assert_int_equal(notes.n, 0);
	}
	section(2)->sh_size = 19;
	assert_int_equal(read_notes(), 0);
	assert_int_equal(notes.n, 1);
	/* Names in a section that is not among them. */
	make_legacy();
	*section(3) = *section(2);
	ehdr()->e_shstrndx = 3;
	assert_int_equal(read_notes(), 0);
	assert_int_equal(notes.n, 0);
	/* Too many to be looked at. */
	make_legacy();
	ehdr()->e_shnum = 4097;
	assert_int_equal(read_notes(), 0);
	assert_int_equal(notes.n, 0);
}

/* Of a long text the first KiB counts. */
static void test_long_text(void **state)
{
	char text[2048];

	memset(text, ',', sizeof(text));
	memcpy(text, "LOADER=generic", 14);
	memcpy(text + 1500, "XEN_VER=xen-3.0", 16);
	pvelf_begin(&k, 0x1000000);
	pvelf_end(&k, PVELF_LEGACY, "");
	section(1)->sh_size = sizeof(text);
	section(1)->sh_offset = 0x1000;
	memcpy(k.file + 0x1000, text, sizeof(text));
	assert_int_equal(read_notes(), 0);
	assert_string_equal(notes.loader, "generic");
	assert_string_equal(notes.xen_version, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings), cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_many),	cmocka_unit_test(test_sections),
		cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
