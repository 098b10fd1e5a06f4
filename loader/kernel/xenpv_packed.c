/*
 * Xen PV kernels that come packed: the ELF file in a bzImage's payload
 * (Documentation/arch/x86/boot.rst, payload_offset), or one compressed as a
 * whole.  Unpacked into the arena, then read like a plain one; a platform may
 * use the pages it lies in as they are.
 */
#include <elf.h>
#include <string.h>

#include <asm/bootparam.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/unpack/unpack.h"

#define PAGE 4096u
#define HEADER_AT offsetof(struct boot_params, hdr)
#define BOOT_FLAG 0xaa55u
#define HDR_S 0x53726448u	/* "HdrS" */
#define PROTOCOL_WITH_PAYLOAD 0x0208u

static uint64_t header(struct span *head, size_t off, size_t len)
{
	return span_le(head, HEADER_AT + off, len);
}

#define HEADER(head, field) \
	header(head, offsetof(struct setup_header, field), \
	       sizeof(((struct setup_header *)0)->field))

static bool is_bzimage(struct span *head)
{
	return HEADER(head, boot_flag) == BOOT_FLAG &&
	       HEADER(head, header) == HDR_S;
}

static bool packed_probe(struct span head)
{
	return is_bzimage(&head) || unpack_find(head);
}

/* Where the packed ELF file lies in F. */
static int find_payload(struct file *f, uint64_t *off, uint64_t *len)
{
	uint8_t buf[1024];
	size_t n = f->size < sizeof(buf) ? f->size : sizeof(buf);
	struct span head = span_of(buf, n);
	uint64_t sectors;
	int err = fs_read(f, 0, n, buf);

	*off = 0;
	*len = f->size;
	if (err || !is_bzimage(&head))
		return err;
	if (HEADER(&head, version) < PROTOCOL_WITH_PAYLOAD)
		return fail(ERR_EXEC_FORMAT,
			    "bzImage of protocol %lx: no payload to unpack",
			    HEADER(&head, version));
	sectors = HEADER(&head, setup_sects);
	*off = ((sectors ? sectors : 4) + 1) * 512 +
	       HEADER(&head, payload_offset);
	*len = HEADER(&head, payload_length);
	if (*off > f->size || *len > f->size - *off)
		return fail(ERR_FILE_LENGTH, "bzImage is cut short");
	return 0;
}

static int unpack_to(struct file *f, uint64_t off, uint64_t len,
		     struct arena *arena, struct file *out)
{
	struct unpack_sink sink = { 0 };
	const struct unpack_method *method;
	uint8_t head[16];
	size_t n = len < sizeof(head) ? len : sizeof(head);
	int err = fs_read(f, off, n, head);

	if (err)
		return err;
	method = unpack_find(span_of(head, n));
	if (!method && (n < SELFMAG || memcmp(head, ELFMAG, SELFMAG)))
		return fail(ERR_EXEC_FORMAT, "unknown compression");
	sink.max = len;
	if (method && (err = unpack_size(f, off, len, &sink.max)))
		return err;
	sink.mem = arena_alloc_aligned(arena, sink.max, PAGE);
	if (!sink.mem)
		return ERR_NO_MEMORY;
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
	uint64_t off, len;
	int err;

	if (!plain)
		return ERR_NO_MEMORY;
	*plain = *e;
	if ((err = find_payload(&e->kernel, &off, &len)) ||
	    (err = unpack_to(&e->kernel, off, len, arena, &plain->kernel)))
		return err;
	return xenpv_format.load(plain, map, arena, ho);
}

const struct kernel_format xenpv_packed_format = {
	"xenpv", packed_probe, packed_load,
};
