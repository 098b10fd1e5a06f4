/*
 * A handover's pieces: collected by a kernel format, put into memory for a
 * platform.
 */
#include "loader/handover.h"

#include <string.h>

#include "loader/base/err.h"

const char *handover_what(enum piece_role role)
{
	static const char *const what[] = {
		[PIECE_KERNEL] = "kernel", [PIECE_INITRD] = "initrd",
		[PIECE_MODULE] = "module", [PIECE_MODULE_LIST] = "module list",
		[PIECE_CMDLINE] = "cmdline", [PIECE_SETUP] = "setup",
		[PIECE_BOOT_PARAMS] = "boot_params", [PIECE_E820] = "e820",
		[PIECE_SYMBOLS] = "symbols", [PIECE_SECTIONS] = "sections",
		[PIECE_MULTIBOOT_INFO] = "multiboot info",
		[PIECE_PVH_INFO] = "pvh info",
		[PIECE_BOOT_SECTOR] = "boot sector",
		[PIECE_PARTITIONS] = "partitions",
	};

	return what[role];
}

static int add(struct handover *ho, const struct piece *p)
{
	if (ho->n == HANDOVER_PIECES)
		return fail(ERR_NO_MEMORY, "%s: more than %u pieces",
			    handover_what(p->role), HANDOVER_PIECES);
	if (p->len > p->size || p->addr + p->size < p->addr)
		return fail(ERR_EXEC_FORMAT, "%s: %lx bytes at %lx",
			    handover_what(p->role), p->size, p->addr);
	ho->piece[ho->n++] = *p;
	return 0;
}

int handover_mem(struct handover *ho, enum piece_role role, uint64_t addr,
		 uint64_t size, const void *mem, uint64_t len)
{
	return add(ho, &(struct piece){ .role = role, .addr = addr,
		.size = size, .mem = mem, .len = len });
}

int handover_file(struct handover *ho, enum piece_role role, uint64_t addr,
		  uint64_t size, struct file *f, uint64_t off, uint64_t len)
{
	return add(ho, &(struct piece){ .role = role, .addr = addr,
		.size = size, .file = f, .file_off = off, .len = len });
}

int handover_load(const struct handover *ho,
		  void *(*at)(void *ctx, uint64_t addr, uint64_t size),
		  void *ctx)
{
	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];
		uint8_t *to = at(ctx, p->addr, p->size);
		int err;

		if (!to)
			return ERR_NO_MEMORY;
		if (!p->file)
			memcpy(to, p->mem, p->len);
		else if ((err = fs_read(p->file, p->file_off, p->len, to)))
			return err;
		memset(to + p->len, 0, p->size - p->len);
	}
	if (ho->loaded)
		ho->loaded(ho);
	return 0;
}
