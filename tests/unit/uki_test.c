/* Unified kernel images: what one carries, and images that are wrong. */
#include "tests/unit/carried.h"

#include "loader/abi/pe.h"
#include "loader/base/err.h"
#include "loader/fs/subfile.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/uki/uki.h"

#define PE_AT 0x80u
#define TABLE (PE_AT + sizeof(struct pe_header))

static uint8_t image[0x6000], room[1 << 18];
static struct pe_header *pe;
static struct pe_section *section;

static int load_uki(struct boot_entry *e, const struct memmap *map,
		    struct arena *a, struct handover *ho)
{
	return uki_load(kernels, e, map, a, ho);
}

static const struct kernel_format format = { "uki", uki_probe, load_uki,
					     BY_KERNEL };

static void add(const char *name, const void *data, uint32_t len)
{
	uint32_t at = 0x1000 + pe->n_sections * 0x1000u;

	strncpy(section[pe->n_sections].name, name, 8);
	section[pe->n_sections].raw_offset = at;
	section[pe->n_sections].raw_size = (len + 511) & ~511u;
	section[pe->n_sections].virtual_size = len;
	memcpy(image + at, data, len);
	pe->n_sections++;
}

static int setup(void **state)
{
	memset(image, 0, sizeof(image));
	pe = (void *)(image + PE_AT);
	section = (void *)(image + TABLE);
	memcpy(image, "MZ", 2);
	image[PE_MZ_OFFSET] = PE_AT;
	pe->magic = PE_MAGIC;
	pe->machine = PE_MACHINE_X86_64;
	pe->optional_size = sizeof(*pe) -
			    offsetof(struct pe_header, optional_magic);
	add(".osrel", "ID=x\n", 5);
	add(".cmdline", "root=x\tquiet \n\n", 15);
	add(".initrd", "INITRD", 6);
	add(".linux", "LINUX-KERNEL", 12);
	entry = (struct boot_entry){ .kernel_path = "/u.efi", .args = "" };
	return 0;
}

static int load(void)
{
	static const struct kernel_format *const formats[] = { &format, NULL };
	static const struct memmap map;
	static struct handover ho;
	struct arena arena = { room, sizeof(room), 0 };

	err_clear();
	loaded = NULL;
	fs_mem_file(&entry.kernel, image, sizeof(image));
	return kernel_load(formats, &entry, &map, &arena, &ho);
}

static void holds(struct file *f, const char *text)
{
	char buf[32];

	assert_int_equal(f->size, strlen(text));
	assert_int_equal(fs_read(f, 0, f->size, buf), 0);
	assert_memory_equal(buf, text, strlen(text));
}

static void test_carried(void **state)
{
	assert_int_equal(load(), 0);
	holds(&loaded->kernel, "LINUX-KERNEL");
	assert_string_equal(loaded->args, "root=x quiet");
	assert_int_equal(loaded->n_modules, 1);
	holds(&loaded->module[0].file, "INITRD");
	/* The entry is as it was. */
	assert_string_equal(entry.args, "");
	assert_int_equal(entry.n_modules, 0);
}

static void test_entry(void **state)
{
	add(".ucode", "UCODE", 5);
	entry.args = "mine";
	entry.n_modules = 1;
	fs_mem_file(&entry.module[0].file, "more", 4);
	assert_int_equal(load(), 0);
	assert_string_equal(loaded->args, "mine");
	assert_int_equal(loaded->n_modules, 3);
	holds(&loaded->module[0].file, "UCODE");
	holds(&loaded->module[1].file, "INITRD");
	holds(&loaded->module[2].file, "more");
	entry.n_modules = BOOT_MODULES;
	assert_int_equal(load(), ERR_NO_MEMORY);
}

/* Also of what a UKI carries; mem= does not take its command line's place. */
static void test_uppermem(void **state)
{
	entry.upper_kib = 4096;
	assert_int_equal(load(), 0);
	assert_string_equal(loaded->args, "root=x quiet");
	pe->n_sections--;
	add(".linux", carried_bzimage(), 0x208);
	assert_int_equal(load(), 0);
	assert_string_equal(loaded->args, "root=x quiet mem=5120K");
	entry.args = "mem=1G";
	assert_int_equal(load(), 0);
	assert_string_equal(loaded->args, "mem=1G");
}

/* A section's bytes: those that are in the file and in memory. */
static void test_sections(void **state)
{
	struct arena arena = { room, sizeof(room), 0 };
	struct file part;

	section[3].virtual_size = UINT32_MAX;
	section[3].raw_size = 12;
	memcpy(section[0].name, ".linuxes", 8);
	image[section[1].raw_offset + 6] = ' ';
	image[section[1].raw_offset + 7] = 0;
	assert_int_equal(load(), 0);
	holds(&loaded->kernel, "LINUX-KERNEL");
	/* What is behind the 0 is none of it, nor the blank before. */
	assert_string_equal(loaded->args, "root=x");
	assert_int_equal(subfile_open(&entry.kernel, 1, UINT64_MAX, &arena,
				      &part), ERR_FILE_LENGTH);
	assert_int_equal(subfile_open(&entry.kernel, UINT64_MAX, 1, &arena,
				      &part), ERR_FILE_LENGTH);
	assert_int_equal(subfile_open(&entry.kernel, sizeof(image), 0, &arena,
				      &part), 0);
}

static void test_bad(void **state)
{
	section[3].name[1] = 'x';
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	assert_non_null(strstr(err_text(), "/u.efi"));
	setup(NULL);
	image[section[3].raw_offset] = 'l';
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	setup(NULL);
	section[3].raw_offset = sizeof(image) - 11;
	assert_int_equal(load(), ERR_FILE_LENGTH);
	section[3].raw_offset = UINT32_MAX;
	assert_int_equal(load(), ERR_FILE_LENGTH);
	setup(NULL);
	section[1].virtual_size = section[1].raw_size = 5000;
	assert_int_equal(load(), ERR_ARGUMENT);
	setup(NULL);
	pe->n_sections = PE_SECTIONS_MAX + 1;
	assert_int_equal(load(), ERR_EXEC_FORMAT);
	setup(NULL);
	pe->optional_size = UINT16_MAX;
	assert_true(load() < 0);
	setup(NULL);
	pe->machine = 0x14c;
	assert_int_equal(load(), ERR_EXEC_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_carried, setup),
		cmocka_unit_test_setup(test_entry, setup),
		cmocka_unit_test_setup(test_uppermem, setup),
		cmocka_unit_test_setup(test_sections, setup),
		cmocka_unit_test_setup(test_bad, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
