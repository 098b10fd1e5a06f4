/*
 * A kernel as a guest of our hypervisor, where there is no Xen: hv.elf is
 * loaded as the Multiboot image that it is, the kernel and its initrd are its
 * modules, as if menu.lst had said so.  Nothing is unpacked: the guest does
 * that.
 */
#include "loader/kernel/hv/hv.h"

#include <elf.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/fs/join.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/xenpv/xenpv_notes.h"

/* An ELF without Xen's notes is no kernel of a guest's; a bzImage may be. */
int hv_check(struct boot_entry *e)
{
	struct xenpv_notes notes;
	Elf64_Ehdr eh;
	int err;

	if (!e->open_hv)
		return fail(ERR_EXEC_FORMAT, "%s: it can only be a PV guest",
			    e->kernel_path);
	if (e->kernel.size < sizeof(eh) ||
	    (err = fs_read(&e->kernel, 0, sizeof(eh), &eh)))
		return fail(ERR_EXEC_FORMAT, "%s", e->kernel_path);
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG))
		return 0;
	if (eh.e_machine != EM_X86_64 ||
	    eh.e_phentsize != sizeof(Elf64_Phdr) ||
	    eh.e_phoff > e->kernel.size || eh.e_shoff > e->kernel.size)
		return fail(ERR_EXEC_FORMAT, "%s", e->kernel_path);
	err = xenpv_notes_read(&e->kernel, &eh, &notes);
	return err ? err : notes.n ? 0 : ERR_NOTMINE;
}

/* However many there are, hv.elf takes one module. */
static int add_initrds(struct boot_entry *e, struct arena *arena,
		       struct boot_entry *hv)
{
	struct file **part;

	hv->module[1] = e->module[0];
	hv->module[1].as_it_is = true;
	if (e->n_modules == 1)
		return 0;
	part = arena_alloc(arena, e->n_modules * sizeof(*part));
	if (!part)
		return ERR_NO_MEMORY;
	for (unsigned i = 0; i < e->n_modules; i++)
		part[i] = &e->module[i].file;
	return join_files(&hv->module[1].file, part, e->n_modules, arena);
}

/* The entry that starts hv.elf with what E has. */
static int make_entry(struct boot_entry *e, struct arena *arena,
		      struct boot_entry *hv)
{
	int err;

	*hv = (struct boot_entry){ .title = e->title, .kernel_path = "hv.elf",
		.args = e->hv_args, .root_disk = e->root_disk,
		.root_part = e->root_part, .platform = e->platform,
		.n_modules = 1 + !!e->n_modules };
	hv->module[0] = (struct boot_module){ .path = e->kernel_path,
		.args = e->args, .file = e->kernel, .as_it_is = true };
	err = e->n_modules ? add_initrds(e, arena, hv) : 0;
	return err ? err : e->open_hv(e->open_hv_ctx, &hv->kernel);
}

static int load(struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	struct boot_entry *hv = arena_alloc(arena, sizeof(*hv));
	int err;

	if (!hv)
		return ERR_NO_MEMORY;
	if ((err = hv_check(e)) || (err = make_entry(e, arena, hv)) ||
	    (err = multiboot_format.load(hv, map, arena, ho)))
		return err;
	ho->entry_name = "hv";
	return 0;
}

const struct kernel_format hv_format = {
	.name = "hv",
	.by = BY_KERNEL,
	.probe = hv_probe,
	.load = load,
};
