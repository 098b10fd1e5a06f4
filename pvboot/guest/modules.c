/*
 * Modules that the domain builder left in memory.  A list of them begins at
 * mod_start; its addresses count from there (xen.h, SIF_MULTIBOOT_MOD).
 */
#include "pvboot/guest/modules.h"

#include <string.h>

#include "loader/base/err.h"
#include "pvboot/guest/guest.h"

bool modules_menu(struct file *text)
{
	if (!start_info->mod_len || modules_kernel())
		return false;
	fs_mem_file(text, (const void *)start_info->mod_start,
		    start_info->mod_len);
	return true;
}

bool modules_kernel(void)
{
	return start_info->flags & SIF_MULTIBOOT_MOD && start_info->mod_len;
}

/* Module I as a file and its arguments; false at the end of the list. */
static bool get_module(unsigned i, struct file *f, const char **args)
{
	const uint8_t *base = (const uint8_t *)start_info->mod_start;
	const struct xen_multiboot_mod_list *m = (const void *)base;
	uint64_t len = start_info->mod_len;

	if ((i + 1) * sizeof(*m) > len || !m[i].mod_start ||
	    m[i].mod_end < m[i].mod_start || m[i].mod_end > len)
		return false;
	fs_mem_file(f, base + m[i].mod_start, m[i].mod_end - m[i].mod_start);
	*args = "";
	if (m[i].cmdline && m[i].cmdline < len &&
	    memchr(base + m[i].cmdline, 0, len - m[i].cmdline))
		*args = (const char *)base + m[i].cmdline;
	return true;
}

int modules_boot(struct platform *p)
{
	struct handover *ho = arena_alloc(p->arena, sizeof(*ho));
	struct boot_entry *e = arena_alloc(p->arena, sizeof(*e));
	int err;

	if (!ho || !e)
		return ERR_NO_MEMORY;
	e->title = e->kernel_path = "module 0";
	e->initrd_given = true;
	if (!get_module(0, &e->kernel, &e->args))
		return fail(ERR_ARGUMENT, "the list of modules is broken");
	while (e->n_modules < BOOT_MODULES &&
	       get_module(e->n_modules + 1, &e->module[e->n_modules].file,
			  &e->module[e->n_modules].args)) {
		e->module[e->n_modules].path = "a module";
		e->n_modules++;
	}
	err = kernel_load(p->formats, e, p->memmap, p->arena, ho);
	return err ? err : p->go(ho);
}
