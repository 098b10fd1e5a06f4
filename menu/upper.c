/* As GRUB does it; Multiboot's formats look at the entry by themselves. */
#include "menu/upper.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/kernel/linux_args.h"

#define LINUX_MAGIC 0x202	/* where "HdrS" is in a bzImage */

int upper_set(struct runner *r, const char *args)
{
	const char *at = args;
	int32_t kib;

	if (lst_number(&at, &kib) || !kib)
		return fail(ERR_NUMBER, "uppermem %.32s", args);
	r->entry->upper_kib = (uint32_t)kib;
	return 0;
}

int upper_limit(struct runner *r)
{
	struct boot_entry *e = r->entry;
	size_t size = strlen(e->args) + 20;
	char magic[4] = "", *args;
	int err = 0;

	if (e->kernel.size >= LINUX_MAGIC + sizeof(magic))
		err = fs_read(&e->kernel, LINUX_MAGIC, sizeof(magic), magic);
	if (err || memcmp(magic, "HdrS", sizeof(magic)) || e->no_mem_option ||
	    linux_args_mem(e->args) != UINT64_MAX)
		return err;
	args = arena_alloc(r->p->arena, size);
	if (!args)
		return ERR_NO_MEMORY;
	fmt(args, size, "%s%smem=%luK", e->args, *e->args ? " " : "",
	    e->upper_kib + 1024ul);
	e->args = args;
	return 0;
}
