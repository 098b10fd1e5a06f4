/* bzImage payloads, both ways, by the loader's own code. */
#include "kernelgen/wrap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernelgen/bzimage.h"
#include "kernelgen/pack.h"
#include "loader/base/err.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/unpack/unpack.h"

#define ARENA (512ul << 20)	/* for the largest windows */
#define FILE_MAX (1ul << 30)	/* what is read of a file that has no end */

/* What comes out, as long as it turns out to be: sizes in files may lie. */
struct output {
	FILE *f;
	char *p;
	size_t len;
};

uint8_t *wrap_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 16;
	uint8_t *p = f ? malloc(room) : NULL, *more;

	*len = 0;
	while (p && (*len += fread(p + *len, 1, room - *len, f)) == room) {
		room *= 2;
		more = room <= FILE_MAX ? realloc(p, room) : NULL;
		if (!more) {
			free(p);
			errno = EFBIG;
		}
		p = more;
	}
	if (p && ferror(f)) {
		free(p);
		p = NULL;
	}
	if (!p)
		fail(ERR_READ, "%s: %s", path, strerror(errno));
	if (f)
		fclose(f);
	return p;
}

static int put(void *ctx, const void *p, size_t len)
{
	struct output *o = ctx;

	return fwrite(p, 1, len, o->f) == len ? 0 :
	       fail(ERR_NO_MEMORY, "%zu bytes", len);
}

static int unpack_to(struct output *o, const struct unpack_method *u,
		     struct file *f, uint64_t off, uint64_t len)
{
	struct unpack_sink sink = { .max = WRAP_MAX, .whole = !off,
				    .write = put, .ctx = o };
	struct arena arena = { .size = ARENA };
	int err;

	arena.base = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			  MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena.base == MAP_FAILED)
		return fail(ERR_NO_MEMORY, "%lu bytes", ARENA);
	err = unpack_run(u, f, off, len, &arena, &sink);
	munmap(arena.base, ARENA);
	return err;
}

uint8_t *wrap_unpack(const uint8_t *file, size_t len, size_t *out_len)
{
	const struct unpack_method *u;
	struct output o = { 0 };
	uint64_t off = 0, packed = len;
	struct file f;
	int err;

	fs_mem_file(&f, file, len);
	if (linux_image_probe(span_of(file, len)) &&
	    linux_payload(&f, &off, &packed))
		return NULL;
	u = unpack_find(span_of(file + off, packed));
	if (!u) {
		fail(ERR_EXEC_FORMAT, "no compression that we know");
		return NULL;
	}
	o.f = open_memstream(&o.p, &o.len);
	if (!o.f) {
		fail(ERR_NO_MEMORY, "%zu bytes", len);
		return NULL;
	}
	err = unpack_to(&o, u, &f, off, packed);
	if (fclose(o.f) && !err)
		err = fail(ERR_NO_MEMORY, "%zu bytes", o.len);
	if (err) {
		free(o.p);
		return NULL;
	}
	*out_len = o.len;
	return (uint8_t *)o.p;
}

uint8_t *wrap_pack(const char *method, const uint8_t *elf, size_t elf_len,
		   bool stub, uint64_t size, size_t *len)
{
	struct bzimage b = { .entry = 64, .size = size,
			     .efi = stub ? EFI_STUB : NO_EFI };
	uint8_t *packed = pack(method, elf, elf_len, 4, &b.payload_len), *file;

	if (!packed)
		return NULL;
	/* As Linux has it: the size, but where the format ends with it. */
	if (strcmp(method, "gzip") && strcmp(method, "none"))
		for (int i = 0; i < 4; i++)
			packed[b.payload_len++] = (uint8_t)(elf_len >> 8 * i);
	b.payload = packed;
	file = bzimage_make(&b, len);
	free(packed);
	return file;
}
