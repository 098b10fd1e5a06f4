#include "loader/kernel/kernel.h"

#include "loader/base/err.h"

static bool can_chain(const struct kernel_format *const *formats)
{
	while (*formats && !(*formats)->chains)
		formats++;
	return *formats;
}

int kernel_load(const struct kernel_format *const *formats,
		struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	size_t len = e->kernel.size < KERNEL_HEAD ? e->kernel.size :
		     KERNEL_HEAD;
	uint8_t *head = arena_alloc(arena, KERNEL_HEAD);
	int err;

	if (e->chain && !can_chain(formats))
		return fail(ERR_COMMAND, "chainloader %s: only under UEFI",
			    e->kernel_path);
	if (!head)
		return ERR_NO_MEMORY;
	err = fs_read(&e->kernel, 0, len, head);
	if (err)
		return err;
	*ho = (struct handover){ .cmdline = e->args, .from = e };
	for (; *formats; formats++) {
		if ((e->chain && !(*formats)->chains) ||
		    !(*formats)->probe(span_of(head, len)))
			continue;
		ho->format = (*formats)->name;
		return (*formats)->load(e, map, arena, ho);
	}
	return fail(ERR_EXEC_FORMAT, "%s", e->kernel_path);
}
