/*
 * Which format a kernel is.  One that is gzip'd as a whole, and that no format
 * of the platform reads like that, is unpacked and looked at again.
 */
#include "loader/kernel/kernel.h"

#include <elf.h>
#include <string.h>

#include "loader/abi/multiboot.h"
#include "loader/abi/multiboot2.h"
#include "loader/base/err.h"
#include "loader/kernel/linux/linux_args.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/kernel/packed.h"

static bool can_chain(const struct kernel_format *const *formats)
{
	while (*formats && !((*formats)->by & BY_CHAINLOADER))
		formats++;
	return *formats;
}

/* Let the first format that knows E's kernel fill HO.  ERR_NOTMINE: none. */
static int try_formats(const struct kernel_format *const *formats,
		       struct boot_entry *e, uint8_t *head,
		       const struct memmap *map, struct arena *arena,
		       struct handover *ho)
{
	size_t len = e->kernel.size < KERNEL_HEAD ? e->kernel.size :
		     KERNEL_HEAD;
	int err = fs_read(&e->kernel, 0, len, head);

	if (!err && !e->chain && linux_image_probe(span_of(head, len)))
		err = linux_args_limit(e, arena, ho);
	if (err)
		return err;
	for (err = ERR_NOTMINE; err == ERR_NOTMINE && *formats; formats++) {
		const struct kernel_format *f = *formats;

		if (!(f->by & (e->chain ? BY_CHAINLOADER : BY_KERNEL)) ||
		    !f->probe(span_of(head, len)))
			continue;
		ho->format = f->name;
		err = f->load(e, map, arena, ho);
	}
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

/* What starts on another path, for the message. */
static const char *elsewhere(const struct boot_entry *e, const uint8_t *head)
{
	struct span s = span_of(head, KERNEL_HEAD);

	for (size_t at = 0; at < KERNEL_HEAD && !e->chain; at += 4) {
		uint32_t magic = span_u32(&s, at);

		if (magic == MULTIBOOT_HEADER_MAGIC)
			return ": a Multiboot kernel, for BIOS only";
		if (magic == MULTIBOOT2_HEADER_MAGIC)
			return ": a Multiboot 2 kernel, for UEFI only";
	}
	return memcmp(head, ELFMAG, SELFMAG) ? "" : ": no Xen notes";
}

int kernel_load(const struct kernel_format *const *formats,
		struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho)
{
	uint8_t *head = arena_alloc(arena, KERNEL_HEAD);
	int err;

	if (e->chain && !can_chain(formats))
		return fail(ERR_COMMAND, "chainloader %s: not on this path",
			    e->kernel_path);
	if (!head)
		return ERR_NO_MEMORY;
	*ho = (struct handover){ .cmdline = e->args, .from = e };
	err = try_formats(formats, e, head, map, arena, ho);
	if (err == ERR_NOTMINE && !e->chain &&
	    !(err = unpack_kernel(&e, arena)))
		err = try_formats(formats, e, head, map, arena, ho);
	return err == ERR_NOTMINE ?
	       fail(ERR_EXEC_FORMAT, "%s%s", e->kernel_path,
		    elsewhere(e, head)) : err;
}
