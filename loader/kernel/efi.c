/*
 * EFI applications: Linux with its EFI stub, unified kernel images, other
 * loaders.  (PE/COFF specification, "Optional Header Windows-Specific
 * Fields"; Linux' Documentation/admin-guide/efi-stub.rst.)
 *
 * The handover's piece 0 is the image.  The others make up the initrd, their
 * addresses being offsets in it.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"

#define PE_OFFSET 0x3c		/* in the MZ header: where "PE\0\0" is */
#define PE_MACHINE 4		/* from here on relative to that */
#define PE_OPTIONAL 24
#define PE_MAGIC (PE_OPTIONAL + 0)
#define PE_IMAGE_MAJOR (PE_OPTIONAL + 44)
#define PE_SUBSYSTEM (PE_OPTIONAL + 68)
#define LINUX_MAGIC 0x202

#define MACHINE_X86_64 0x8664
#define MAGIC_PE32PLUS 0x20b
#define SUBSYSTEM_EFI_APPLICATION 10

static bool is_linux(struct span *head)
{
	return span_u32(head, LINUX_MAGIC) == 0x53726448;	/* "HdrS" */
}

/*
 * A Linux stub that says image version 0 is older than 5.8 and cannot take
 * its initrd through LoadFile2: the boot protocol's 64-bit entry starts it.
 */
static bool efi_probe(struct span head)
{
	uint64_t pe = span_u32(&head, PE_OFFSET);
	bool efi = span_u16(&head, 0) == 0x5a4d &&
		   span_u32(&head, pe) == 0x4550 &&
		   span_u16(&head, pe + PE_MACHINE) == MACHINE_X86_64 &&
		   span_u16(&head, pe + PE_MAGIC) == MAGIC_PE32PLUS &&
		   span_u16(&head, pe + PE_SUBSYSTEM) ==
			SUBSYSTEM_EFI_APPLICATION;
	bool takes_initrd = span_u16(&head, pe + PE_IMAGE_MAJOR) != 0;

	return efi && !head.bad && (takes_initrd || !is_linux(&head));
}

static int add_initrds(struct handover *ho, struct boot_entry *e)
{
	uint64_t at = 0;
	int err = 0;

	for (unsigned i = 0; i < e->n_modules && !err; i++) {
		struct file *f = &e->module[i].file;
		uint64_t size;

		/* Each on a 4-byte border, as the kernel's unpacker wants. */
		if (f->size > UINT32_MAX || at > UINT32_MAX)
			return fail(ERR_NO_MEMORY, "%s: %lu bytes",
				    e->module[i].path, f->size);
		size = (f->size + 3) & ~3ul;
		if (size)
			err = handover_file(ho, PIECE_INITRD, at, size, f, 0,
					    f->size);
		at += size;
	}
	return err;
}

/* PATH without the device in front of it. */
static const char *path_in_fs(const char *path)
{
	return path[0] == '(' ? path + strcspn(path, "/") : path;
}

static int efi_load(struct boot_entry *e, const struct memmap *map,
		    struct arena *arena, struct handover *ho)
{
	struct file *kernel = &e->kernel;
	int err = handover_file(ho, PIECE_KERNEL, 0, kernel->size, kernel, 0,
				kernel->size);

	ho->mode = GO_EFI;
	ho->entry_name = e->chain ? "efi-app" : "efi-stub";
	ho->extra.path = path_in_fs(e->kernel_path);
	return err ? err : add_initrds(ho, e);
}

const struct kernel_format efi_format = {
	.name = "efi", .chains = true, .probe = efi_probe, .load = efi_load,
};
