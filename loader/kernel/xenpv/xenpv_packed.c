/*
 * Xen PV kernels that come packed: the ELF file in a bzImage's payload
 * (Documentation/arch/x86/boot.rst, payload_offset), or one compressed as a
 * whole.  Unpacked into the arena, then read like a plain one; a platform may
 * use the pages it lies in as they are.
 */
#include <elf.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/kernel/linux/linux_args.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/unpack/methods.h"
#include "loader/unpack/unpack.h"

#define PAGE 4096u

static bool packed_probe(struct span head)
{
	return linux_image_probe(head) || unpack_find(head);
}

static int is_bzimage(struct file *f, bool *is)
{
	uint8_t head[1024];
	size_t n = f->size < sizeof(head) ? f->size : sizeof(head);
	int err = fs_read(f, 0, n, head);

	*is = !err && linux_image_probe(span_of(head, n));
	return err;
}

/* Where the packed file lies in F. */
static int find_payload(struct file *f, uint64_t *off, uint64_t *len)
{
	bool bzimage;
	int err = is_bzimage(f, &bzimage);

	*off = 0;
	*len = f->size;
	return err || !bzimage ? err : linux_payload(f, off, len);
}

static int take_room(struct arena *arena, uint64_t size, uint8_t **mem)
{
	if (size > arena->size - arena->used)
		return fail(ERR_NO_MEMORY, "%lu bytes when unpacked, by its "
			    "last bytes, if it is not cut short", size);
	*mem = arena_alloc_raw(arena, size, PAGE);
	return *mem ? 0 : ERR_NO_MEMORY;
}

/* A file gzip'd as a whole: its size may turn out to be another. */
static int gunzip_to(struct file *f, const char *path, struct arena *arena,
		     struct file *out)
{
	size_t mark = arena_mark(arena);
	uint8_t *mem = NULL;
	uint64_t size;
	int err = unpack_size(f, 0, f->size, &size);

	if (err)
		return err;
	do {
		arena_release(arena, mark);
		if ((err = take_room(arena, size, &mem)))
			return err;
		err = unpack_gunzip(f, path, arena, mem, &size);
	} while (err == UNPACK_OTHER_SIZE);
	fs_mem_file(out, mem, size);
	return err;
}

static int unpack_to(struct file *f, const char *path, uint64_t off,
		     uint64_t len, struct arena *arena, struct file *out)
{
	struct unpack_sink sink = { 0 };
	const struct unpack_method *method;
	uint8_t head[16];
	size_t n = len < sizeof(head) ? len : sizeof(head);
	int err = fs_read(f, off, n, head);

	if (err)
		return err;
	method = unpack_find(span_of(head, n));
	if (method == &unpack_gzip && len == f->size)
		return gunzip_to(f, path, arena, out);
	if (!method && (n < SELFMAG || memcmp(head, ELFMAG, SELFMAG)))
		return fail(ERR_EXEC_FORMAT, "unknown compression");
	sink.max = len;
	if ((method && (err = unpack_size(f, off, len, &sink.max))) ||
	    (err = take_room(arena, sink.max, &sink.mem)))
		return err;
	if (method)
		err = unpack_run(method, f, off, len, arena, &sink);
	else
		err = fs_read(f, off, len, sink.mem);
	fs_mem_file(out, sink.mem, method ? sink.done : len);
	return err;
}

static int packed_load(struct boot_entry *e, const struct memmap *map,
		       struct arena *arena, struct handover *ho)
{
	struct boot_entry *plain = arena_alloc(arena, sizeof(*plain));
	struct file outer = e->kernel;
	uint64_t off, len;
	bool again = true;
	int err = 0;

	if (!plain)
		return ERR_NO_MEMORY;
	*plain = *e;
	/* A bzImage may be packed as a whole once more: vmlinuz.gz. */
	for (int i = 0; i < 2 && again && !err; i++) {
		if ((err = find_payload(&outer, &off, &len)) ||
		    (err = unpack_to(&outer, e->kernel_path, off, len, arena,
				     &plain->kernel)))
			return err;
		outer = plain->kernel;
		err = is_bzimage(&outer, &again);
		if (!err && again)
			err = linux_args_limit(plain, arena, ho);
	}
	return err ? err : xenpv_format.load(plain, map, arena, ho);
}

const struct kernel_format xenpv_packed_format = {
	.name = "xenpv", .by = BY_KERNEL, .probe = packed_probe,
	.load = packed_load,
};
