/* As GRUB does it; the formats look at the entry by themselves. */
#include "menu/upper.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/linux/linux_args.h"

int upper_set(struct runner *r, const char *args)
{
	const char *at = args;
	int32_t kib;

	if (lst_number(&at, &kib) || !kib)
		return fail(ERR_NUMBER, "uppermem %.32s", args);
	r->entry->upper_kib = (uint32_t)kib;
	return 0;
}

void upper_tell(const struct runner *r, const struct handover *ho)
{
	if (!strncmp(ho->format, "multiboot", 9) || r->entry->no_mem_option ||
	    linux_args_mem(ho->cmdline) != UINT64_MAX)
		return;
	say(r->p, " (%s is not told of uppermem)\n", r->entry->kernel_path);
}
