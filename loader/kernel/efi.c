/*
 * EFI applications: Linux with its EFI stub, unified kernel images, other
 * loaders.  (loader/abi/pe.h; Linux' Documentation/admin-guide/efi-stub.rst.)
 *
 * The handover's piece 0 is the image.  The others make up the initrd, their
 * addresses being offsets in it.
 */
#include "loader/kernel/efi.h"

#include <string.h>

#include "loader/abi/pe.h"
#include "loader/base/err.h"
#include "loader/kernel/formats.h"

#define LINUX_MAGIC 0x202

#define FIELD(name) offsetof(struct pe_header, name)

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
	uint64_t pe = span_u32(&head, PE_MZ_OFFSET);
	bool efi = span_u16(&head, 0) == PE_MZ_MAGIC &&
		   span_u32(&head, pe) == PE_MAGIC &&
		   span_u16(&head, pe + FIELD(machine)) ==
			PE_MACHINE_X86_64 &&
		   span_u16(&head, pe + FIELD(optional_magic)) ==
			PE_OPTIONAL_PLUS &&
		   span_u16(&head, pe + FIELD(subsystem)) ==
			PE_SUBSYSTEM_EFI_APPLICATION;
	bool takes_initrd = span_u16(&head, pe + FIELD(image_major)) != 0;

	return efi && !head.bad && (takes_initrd || !is_linux(&head));
}

int efi_add_initrds(struct handover *ho, struct boot_entry *e)
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
	return err ? err : efi_add_initrds(ho, e);
}

const struct kernel_format efi_format = {
	.name = "efi", .by = BY_KERNEL | BY_CHAINLOADER,
	.probe = efi_probe, .load = efi_load,
};
