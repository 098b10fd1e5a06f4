/*
 * Finding memory for a Linux kernel, its initrd and what the loader tells it.
 * Relies on the map's MEM_RAM being free.
 */
#include "loader/kernel/linux/linux_place.h"

#include "loader/base/err.h"
#include "loader/kernel/linux/linux_args.h"

#define LOW_END 0xa0000		/* where conventional memory ends at most */
#define HIGH 0x100000
#define END_4G 0x100000000

/* An attempt that may fail without a message. */
static bool find_low(const struct memmap *m, uint64_t size, uint64_t align,
		     uint64_t low, uint64_t high, uint64_t *at)
{
	if (!memmap_find_low(m, size, align, low, high, at))
		return true;
	err_clear();
	return false;
}

static bool find_high(const struct memmap *m, uint64_t size, uint64_t align,
		      uint64_t low, uint64_t high, uint64_t *at)
{
	if (!memmap_find_high(m, size, align, low, high, at))
		return true;
	err_clear();
	return false;
}

static bool is_free(const struct memmap *m, uint64_t start, uint64_t size)
{
	uint64_t at;

	return start + size >= start &&
	       find_low(m, size, 1, start, start + size, &at);
}

static int no_room(uint64_t size, uint64_t start)
{
	return fail(ERR_NO_MEMORY, "kernel: no %lu bytes free at %lx", size,
		    start);
}

/*
 * A kernel that cannot be moved runs at 1 MiB, or at 64 KiB if it is a
 * zImage; since 2.10 it says where it moves itself to.
 */
static int place_fixed(const struct linux_image *img, struct memmap *m,
		       uint64_t *at)
{
	bool moves = img->high && img->version >= 0x20a;
	uint64_t pref = moves ? img->hdr.pref_address : 0;
	uint64_t size = pref ? img->len : img->room;
	int err;

	*at = img->high ? HIGH : 0x10000;
	if (!img->high && img->len > 0x90000 - 0x10000)
		return fail(ERR_EXEC_FORMAT, "zImage of %lu bytes", img->len);
	if (!is_free(m, *at, size))
		return no_room(size, *at);
	if (pref && !is_free(m, pref, img->room))
		return no_room(img->room, pref);
	err = memmap_set(m, *at, *at + size, MEM_LOADER);
	if (!err && pref)
		err = memmap_set(m, pref, pref + img->room, MEM_LOADER);
	return err;
}

/*
 * Never below the preferred address: there, the kernel would unpack itself
 * to the preferred address all the same.
 */
static int place_relocatable(const struct linux_image *img, struct memmap *m,
			     uint64_t *at)
{
	uint64_t low = img->version >= 0x20a ? img->hdr.pref_address : 0;
	uint64_t min = img->align;

	if (img->version >= 0x20a && img->hdr.min_alignment >= 12 &&
	    img->hdr.min_alignment < 32)
		min = 1ull << img->hdr.min_alignment;
	if (low < HIGH)
		low = HIGH;
	if (!find_low(m, img->room, img->align, low, END_4G, at) &&
	    !find_low(m, img->room, min, low, END_4G, at) &&
	    !(img->above_4g && find_low(m, img->room, img->align,
					low > END_4G ? low : END_4G,
					UINT64_MAX, at)))
		return no_room(img->room, low);
	return memmap_set(m, *at, *at + img->room, MEM_LOADER);
}

int linux_place_kernel(const struct linux_image *img, struct memmap *m,
		       struct linux_layout *at)
{
	/* The 16-bit entry goes on to where code32_start points: 1 MiB. */
	if (img->relocatable && img->entry != LINUX_16)
		return place_relocatable(img, m, &at->kernel);
	return place_fixed(img, m, &at->kernel);
}

int linux_place_low(const struct linux_image *img, struct memmap *m,
		    struct linux_layout *at, uint64_t align)
{
	uint64_t size = at->low_size;

	if (!find_high(m, size, align, 0x1000, LOW_END, &at->low) &&
	    (img->entry == LINUX_16 ||
	     !find_high(m, size, align, HIGH, END_4G, &at->low)))
		return fail(ERR_NO_MEMORY, "boot_params: no %lu bytes free",
			    size);
	return memmap_set(m, at->low, at->low + size, MEM_LOADER);
}

static int initrd_size(const struct boot_entry *e, uint64_t *size)
{
	*size = 0;
	for (unsigned i = 0; i < e->n_modules; i++)
		if (__builtin_add_overflow((*size + 3) & ~3ull,
					   e->module[i].file.size, size))
			return fail(ERR_NO_MEMORY, "initrd %s",
				    e->module[i].path);
	return 0;
}

int linux_place_initrd(const struct linux_image *img, struct memmap *m,
		       const struct boot_entry *e, struct linux_layout *at)
{
	uint64_t mem = linux_args_mem(e->args), end = img->initrd_end;
	uint64_t size;
	int err = initrd_size(e, &at->initrd_size);

	size = (at->initrd_size + 3) & ~3ull;
	if (err || !size)
		return err;
	if (end > END_4G)
		end = END_4G;
	if (end > mem)
		end = mem;
	if (!find_high(m, size, 4096, HIGH, end, &at->initrd) &&
	    !(img->above_4g && find_low(m, size, 4096, END_4G, mem,
					&at->initrd))) {
		if (img->above_4g)
			end = mem;
		if (end == UINT64_MAX)
			return fail(ERR_NO_MEMORY, "initrd %s: no %lu bytes "
				    "free", e->module[0].path, size);
		return fail(ERR_NO_MEMORY, "initrd %s: no %lu bytes free below "
			    "%lx", e->module[0].path, size, end);
	}
	return memmap_set(m, at->initrd, at->initrd + size, MEM_LOADER);
}
