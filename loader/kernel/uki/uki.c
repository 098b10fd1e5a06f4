/*
 * The UAPI group's "Unified Kernel Image" specification: sections of a PE file
 * (loader/abi/pe.h).  As the EFI stub does it, the entry's own command line
 * wins over the image's, and its initrds follow the image's.  Device trees,
 * profiles and signatures are for UEFI.
 */
#include "loader/kernel/uki/uki.h"

#include <string.h>

#include "loader/abi/pe.h"
#include "loader/base/err.h"
#include "loader/fs/subfile.h"
#include "loader/kernel/carried.h"

#define CMDLINE_MAX 4096u	/* COMMAND_LINE_SIZE is 2048 */

struct uki {
	struct file *file;
	uint64_t table;		/* its sections: where, and how many */
	unsigned n;
};

#define FIELD(name) offsetof(struct pe_header, name)

bool uki_probe(struct span head)
{
	uint64_t pe = span_u32(&head, PE_MZ_OFFSET);

	return span_u16(&head, 0) == PE_MZ_MAGIC &&
	       span_u32(&head, pe) == PE_MAGIC &&
	       span_u16(&head, pe + FIELD(machine)) == PE_MACHINE_X86_64;
}

static int read_header(struct uki *u, struct file *f)
{
	struct pe_header h;
	uint32_t at;
	int err = fs_read(f, PE_MZ_OFFSET, sizeof(at), &at);

	if (err || (err = fs_read(f, at, sizeof(h), &h)))
		return err;
	if (h.n_sections > PE_SECTIONS_MAX)
		return fail(ERR_EXEC_FORMAT, "a PE file of %u sections",
			    h.n_sections);
	*u = (struct uki){ .file = f, .n = h.n_sections,
		.table = (uint64_t)at + FIELD(optional_magic) +
			 h.optional_size };
	return 0;
}

/* The section NAME as OUT; one that is not there has no file system. */
static int open_section(const struct uki *u, const char *name,
			struct arena *arena, struct file *out)
{
	struct pe_section s;
	uint32_t len;
	int err;

	*out = (struct file){ 0 };
	for (unsigned i = 0; i < u->n; i++) {
		err = fs_read(u->file, u->table + i * sizeof(s), sizeof(s), &s);
		if (err)
			return err;
		if (strncmp(s.name, name, sizeof(s.name)))
			continue;
		len = s.virtual_size < s.raw_size ? s.virtual_size : s.raw_size;
		return subfile_open(u->file, s.raw_offset, len, arena, out);
	}
	return 0;
}

/* Text ends at a 0 or with the section; newlines at its end do not count. */
static int read_cmdline(const struct uki *u, struct boot_entry *e,
			struct arena *arena)
{
	struct file f;
	char *text;
	size_t len;
	int err = open_section(u, ".cmdline", arena, &f);

	if (err || !f.fs || *e->args)
		return err;
	if (f.size > CMDLINE_MAX)
		return fail(ERR_ARGUMENT, "%s: a command line of %lu bytes",
			    e->kernel_path, f.size);
	text = arena_alloc(arena, f.size + 1);
	if (!text)
		return ERR_NO_MEMORY;
	if ((err = fs_read(&f, 0, f.size, text)))
		return err;
	len = strnlen(text, f.size);
	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	text[len] = 0;
	for (char *c = text; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	e->args = text;
	return 0;
}

/* The section NAME in front of the initrds that are there. */
static int add_initrd(const struct uki *u, const char *name,
		      struct boot_entry *e, struct arena *arena)
{
	struct file f;
	int err = open_section(u, name, arena, &f);

	return err || !f.fs ? err : carried_initrd(e, &f);
}

/* In *OUT, a new one, what E's kernel carries. */
static int open_image(struct boot_entry *e, struct arena *arena,
		      struct boot_entry **out)
{
	struct boot_entry *in = arena_alloc(arena, sizeof(*in));
	struct uki u;
	int err;

	if (!in)
		return ERR_NO_MEMORY;
	*in = *e;
	if ((err = read_header(&u, &e->kernel)) ||
	    (err = open_section(&u, ".linux", arena, &in->kernel)))
		return err;
	if (!in->kernel.fs)
		return fail(ERR_EXEC_FORMAT, "%s: an EFI application that "
			    "carries no kernel", e->kernel_path);
	if ((err = read_cmdline(&u, in, arena)) ||
	    (err = add_initrd(&u, ".initrd", in, arena)) ||
	    (err = add_initrd(&u, ".ucode", in, arena)))
		return err;
	*out = in;
	return 0;
}

int uki_load(const struct kernel_format *const *kernels, struct boot_entry *e,
	     const struct memmap *map, struct arena *arena,
	     struct handover *ho)
{
	struct boot_entry *in = NULL;
	const char *name = ho->format;
	int err = open_image(e, arena, &in);

	if (err)
		return err;
	err = kernel_load(kernels, in, map, arena, ho);
	ho->format = name;
	return err;
}
