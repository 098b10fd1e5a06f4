/* An initrd that lies in the file of the kernel itself. */
#include "loader/kernel/carried.h"

#include <string.h>

#include "loader/base/err.h"

int carried_initrd(struct boot_entry *e, const struct file *f)
{
	if (e->n_modules == BOOT_MODULES)
		return fail(ERR_NO_MEMORY, "more than %d modules",
			    BOOT_MODULES);
	memmove(e->module + 1, e->module,
		e->n_modules * sizeof(e->module[0]));
	e->module[0] = (struct boot_module){ .path = e->kernel_path,
					     .args = "", .file = *f };
	e->n_modules++;
	e->initrd_given = true;
	return 0;
}
