/*
 * Which format a kernel is.  One that is gzip'd as a whole, and that no format
 * of the platform reads like that, is unpacked and looked at again.
 */
#include "loader/kernel/kernel.h"

#include "loader/base/err.h"
#include "loader/kernel/packed.h"

static bool can_chain(const struct kernel_format *const *formats)
{
	while (*formats && !((*formats)->by & BY_CHAINLOADER))
		formats++;
	return *formats;
}

/* The format that knows E's kernel, or NULL in *FOUND; HEAD has KERNEL_HEAD. */
static int find_format(const struct kernel_format *const *formats,
		       struct boot_entry *e, uint8_t *head,
		       const struct kernel_format **found)
{
	size_t len = e->kernel.size < KERNEL_HEAD ? e->kernel.size :
		     KERNEL_HEAD;
	int err = fs_read(&e->kernel, 0, len, head);

	for (; !err && *formats; formats++)
		if ((*formats)->by & (e->chain ? BY_CHAINLOADER : BY_KERNEL) &&
		    (*formats)->probe(span_of(head, len)))
			break;
	*found = *formats;
	return err;
}

/* *E with its kernel unpacked; *E stays when it is not packed. */
static int unpack_kernel(struct boot_entry **e, struct arena *arena)
{
	struct boot_entry *plain = arena_alloc(arena, sizeof(*plain));
	struct file *file;
	int err;

	if (!plain)
		return ERR_NO_MEMORY;
	*plain = **e;
	err = packed_open(plain, plain->kernel_path, &plain->kernel, arena,
			  &file);
	if (err || file == &plain->kernel)
		return err;
	plain->kernel = *file;
	*e = plain;
	return 0;
}

int kernel_load(const struct kernel_format *const *formats,
		struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	uint8_t *head = arena_alloc(arena, KERNEL_HEAD);
	const struct kernel_format *format;
	int err;

	if (e->chain && !can_chain(formats))
		return fail(ERR_COMMAND, "chainloader %s: not on this path",
			    e->kernel_path);
	if (!head)
		return ERR_NO_MEMORY;
	*ho = (struct handover){ .cmdline = e->args, .from = e };
	err = find_format(formats, e, head, &format);
	if (!err && !format && !e->chain && !(err = unpack_kernel(&e, arena)))
		err = find_format(formats, e, head, &format);
	if (err)
		return err;
	if (!format)
		return fail(ERR_EXEC_FORMAT, "%s", e->kernel_path);
	ho->format = format->name;
	return format->load(e, map, arena, ho);
}
