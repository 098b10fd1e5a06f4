/*
 * What the domain starts: a module that is a plain ELF, or the loader that we
 * carry, with the kernel as its first module.
 */
#include "pvboot/hv/boot_entry.h"

#include <string.h>

#include "loader/kernel/xenpv/xenpv.h"
#include "pvboot/hv/machine/boot/boot.h"
#include "pvboot/hv/machine/memory.h"

static void module_file(struct boot_module *to, const struct module *m)
{
	const char *blank = strchr(m->string, ' ');

	to->path = *m->string ? m->string : "(a module without a name)";
	to->args = blank ? blank + 1 : "";
	fs_mem_file(&to->file, ma_va(m->start), m->end - m->start);
}

static bool plain_elf(const struct boot_module *m)
{
	size_t n = m->file.size < 4096 ? m->file.size : 4096;

	return xenpv_format.probe(span_of(m->file.priv, n));
}

/* The loader we carry takes the kernel's place; KERNEL is its first module. */
static void carried(struct boot_entry *e, const struct boot_module *kernel)
{
	fs_mem_file(&e->kernel, blob_start, blob_end - blob_start);
	e->kernel_path = "pvboot";
	e->args = "";
	if (kernel)
		e->module[e->n_modules++] = *kernel;
}

void boot_entry_describe(struct boot_entry *e, const struct hv_config *c)
{
	struct boot_module kernel;

	if (c->kernel < 0) {
		carried(e, NULL);
		return;
	}
	module_file(&kernel, &boot_info.module[c->kernel]);
	if (c->has_args)
		kernel.args = c->args;
	if (plain_elf(&kernel)) {
		e->kernel = kernel.file;
		e->kernel_path = kernel.path;
		e->args = kernel.args;
		e->initrd_given = true;
	} else {
		carried(e, &kernel);
	}
	if (c->ramdisk >= 0)
		module_file(&e->module[e->n_modules++],
			    &boot_info.module[c->ramdisk]);
}
