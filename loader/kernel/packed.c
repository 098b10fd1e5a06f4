/*
 * Unpacking is the platform's, because the memory and the decompressor are;
 * here is only looked at whether a file asks for it.
 */
#include "loader/kernel/packed.h"

#include "loader/base/err.h"
#include "loader/platform.h"

#define GZIP_LEAST 18		/* bytes of header and trailer: RFC 1952, 2.3 */

int packed_open(const struct boot_entry *e, const char *path, struct file *f,
		struct arena *arena, struct file **out)
{
	const struct platform *p = e->platform;
	uint8_t head[3];
	int err;

	*out = f;
	if (!p || !p->unpack || f->size < GZIP_LEAST)
		return 0;
	if ((err = fs_read(f, 0, sizeof(head), head)))
		return err;
	/* RFC 1952, 2.3.1: ID1, ID2, CM = 8, the only method. */
	if (head[0] != 0x1f || head[1] != 0x8b || head[2] != 8)
		return 0;
	*out = arena_alloc(arena, sizeof(**out));
	return *out ? p->unpack(p, path, f, *out) : ERR_NO_MEMORY;
}

int packed_modules(struct boot_entry *e, struct arena *arena,
		   struct file **out)
{
	int err = 0;

	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		struct boot_module *m = &e->module[i];

		out[i] = &m->file;
		if (!m->as_it_is)
			err = packed_open(e, m->path, &m->file, arena, &out[i]);
	}
	return err;
}
