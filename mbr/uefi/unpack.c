/*
 * Unpacking gzip'd kernels.  zlib runs where the firmware's disks do not work
 * (library.c), which is why the file is read as a whole before.
 */
#include "mbr/uefi/uefi.h"

#include "loader/base/err.h"
#include "loader/unpack/unpack.h"

/* What is unpacked, until the next attempt. */
static struct {
	void *at;
	uint64_t pages;
} room[BOOT_MODULES + 1];
static unsigned n_rooms;

/* unpack_gunzip()'s arguments; PACKED and what it reads and writes: memory. */
struct gunzip {
	struct file *packed;
	const char *path;
	struct arena *arena;
	void *mem;
	uint64_t *size;
};

static int gunzip(void *arg)
{
	struct gunzip *g = arg;

	return unpack_gunzip(g->packed, g->path, g->arena, g->mem, g->size);
}

/* The memory of SIZE bytes; NULL recorded. */
static void *take_room(const char *path, uint64_t size)
{
	uint64_t pages = uefi_page_count(size ? size : 1);
	void *at = n_rooms < sizeof(room) / sizeof(room[0]) ?
		uefi_pages(pages) : NULL;

	if (at) {
		room[n_rooms].at = at;
		room[n_rooms++].pages = pages;
		return at;
	}
	err_clear();
	fail(ERR_NO_MEMORY, "%s: no %lu bytes free, its size when unpacked if "
	     "it is whole", path, size);
	return NULL;
}

static int unpack(const struct platform *p, const char *path, struct file *f,
		  struct file *packed, struct file *out)
{
	void *mem = NULL;
	uint64_t size;
	int err = fs_read(f, 0, f->size, (void *)packed->priv);

	if (!err)
		err = unpack_size(packed, 0, packed->size, &size);
	if (err)
		return err;
	do {
		mem = take_room(path, size);
		if (!mem)
			return ERR_NO_MEMORY;
		err = uefi_library_call(gunzip, &(struct gunzip){
			packed, path, p->arena, mem, &size });
	} while (err == UNPACK_OTHER_SIZE);
	fs_mem_file(out, mem, size);
	return err;
}

int uefi_unpack(const struct platform *p, const char *path, struct file *f,
		struct file *out)
{
	uint64_t pages = uefi_page_count(f->size);
	void *whole = uefi_pages(pages);
	struct file packed;
	int err;

	if (!whole)
		return ERR_NO_MEMORY;
	fs_mem_file(&packed, whole, f->size);
	err = unpack(p, path, f, &packed, out);
	uefi_pages_free(whole, pages);
	return err ? err : uefi_memmap(p->memmap);
}

int uefi_update_memmap(struct memmap *m)
{
	while (n_rooms) {
		n_rooms--;
		uefi_pages_free(room[n_rooms].at, room[n_rooms].pages);
	}
	return uefi_memmap(m);
}
