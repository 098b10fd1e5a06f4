/*
 * The same as hv.c where the firmware is UEFI: hv.efi is the image that is
 * started, and found on the EFI system partition, so that the firmware knows
 * where it comes from.  Pieces: hv.efi, the guest's kernel, its initrds.
 */
#include "loader/base/err.h"
#include "loader/disk/part.h"
#include "loader/kernel/efi.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/hv/hv.h"
#include "loader/platform.h"

#define HV_EFI_FILE "/EFI/twinboot/hv.efi"

/* What FILE needs as long as it is read. */
struct esp {
	struct part_list parts;
	struct part_blk part;
	struct fs fs;
	struct file file;
};

/* The partition that we were started from, else the first of that type. */
static int find_esp(const struct platform *p, const struct part_list *list)
{
	const struct part *esp = part_esp(list);

	return p->boot_part >= 0 ? p->boot_part : esp ? (int)esp->number : -1;
}

static int open_part(const struct platform *p, struct esp *e)
{
	struct blk *disk = p->n_disks ? p->disk[0] : NULL;
	int err = disk ? part_read(disk, &e->parts) :
		  fail(ERR_NO_DISK, "hd0");
	int number = err ? -1 : find_esp(p, &e->parts);

	if (err)
		return err;
	if (number < 0)
		return fail(ERR_FILE_NOT_FOUND, "%s: hd0 has no EFI system "
			    "partition", HV_EFI_FILE);
	err = part_open(disk, &e->parts, (unsigned)number, &e->part);
	return err ? err : blk_cache_attach(&e->part.blk, p->arena);
}

/* hv.efi as E->file. */
static int open_file(const struct platform *p, struct esp *e)
{
	int err = open_part(p, e);

	if (!err)
		err = fs_mount(&e->fs, &e->part.blk, p->arena);
	if (!err)
		err = fs_open(&e->fs, HV_EFI_FILE, &e->file);
	if (!err && e->file.is_dir)
		err = fail(ERR_FILE_TYPE, "%s", HV_EFI_FILE);
	return err;
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	struct esp *esp = arena_alloc(arena, sizeof(*esp));
	int err;

	if (!esp)
		return ERR_NO_MEMORY;
	if ((err = hv_check(e)) || (err = open_file(e->platform, esp)))
		return err;
	ho->mode = GO_EFI_HV;
	ho->entry_name = "hv";
	ho->extra.path = HV_EFI_FILE;
	err = handover_file(ho, PIECE_KERNEL, 0, esp->file.size, &esp->file, 0,
			    esp->file.size);
	if (!err)
		err = handover_file(ho, PIECE_MODULE, 0, e->kernel.size,
				    &e->kernel, 0, e->kernel.size);
	return err ? err : efi_add_initrds(ho, e);
}

const struct kernel_format hv_efi_format = {
	.name = "hv",
	.by = BY_KERNEL,
	.probe = hv_probe,
	.load = load,
};
