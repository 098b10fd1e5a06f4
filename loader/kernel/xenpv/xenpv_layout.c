/*
 * Where everything of a new PV domain lies.  The order is that of Xen's own
 * builder, because kernels have come to rely on it:
 *
 *	kernel | initrd* | p2m list* | start_info | store | console |
 *	page tables | stack | spare up to 4 MiB ||| initrd* | p2m list* + tables
 *
 * Up to ||| is mapped from VIRT_BASE on.  (*) in one of the two places: the
 * initrd at the end with note MOD_START_PFN, the list with INIT_P2M, mapped
 * at that address by tables of its own.
 */
#include <string.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "loader/kernel/xenpv/xenpv_tables.h"

#define MAP_ALIGN (4ul << 20)	/* the first map ends on such a border, */
#define MAP_SPARE (512ul << 10)	/* with this much behind the stack */

static uint64_t pages(uint64_t bytes)
{
	return (bytes + XEN_PAGE - 1) / XEN_PAGE;
}

static struct xenpv_range take(uint64_t *next, uint64_t n)
{
	struct xenpv_range r = { *next, n };

	*next += n;
	return r;
}

/* Not through the hypervisor's hole or around the end of the world. */
static bool range_ok(uint64_t va, uint64_t size)
{
	uint64_t last;

	if (!size || __builtin_add_overflow(va, size - 1, &last))
		return false;
	return last < 1ul << 47 || va >= HYPERVISOR_VIRT_END;
}

/*
 * The tables map themselves, so their number and the end of the map depend on
 * each other: grow until both fit.
 */
static int place_tables(struct xenpv *x, uint64_t *next)
{
	uint64_t base = x->image.virt_base, n = 4, end;

	for (;;) {
		end = (*next + n + 1) * XEN_PAGE + MAP_SPARE;
		end = (base + end + MAP_ALIGN - 1) & -MAP_ALIGN;
		if (!range_ok(base, end - base))
			return fail(ERR_EXEC_FORMAT, "no room above "
				    "virtual address %lx", base);
		if (xenpv_tables_count(base, end) <= n)
			break;
		n = xenpv_tables_count(base, end);
	}
	x->tables = take(next, xenpv_tables_count(base, end));
	x->stack = take(next, 1).pfn;
	x->map_end = (end - base) / XEN_PAGE;
	return 0;
}

/* The p2m list behind the map, and the tables for it alone. */
static int place_own_p2m(struct xenpv *x, uint64_t *next)
{
	uint64_t va = x->image.init_p2m, size;

	x->p2m = take(next, pages(x->nr_pages * 8));
	size = x->p2m.n * XEN_PAGE;
	x->p2m_va = va;
	if (!range_ok(va, size) || size > x->image.virt_base - va)
		return fail(ERR_EXEC_FORMAT,
			    "p2m list of %lx at %lx meets the kernel", size,
			    va);
	x->p2m_tables = take(next, xenpv_tables_count_p2m(x));
	return 0;
}

static void place_modules(struct xenpv *x, uint64_t *next, bool mapped)
{
	x->initrd = take(next, pages(x->mod_len));
	x->mod_start = mapped ? xenpv_va(x, x->initrd.pfn) : x->initrd.pfn;
	if (!mapped)
		x->flags |= SIF_MOD_START_PFN;
	if (!x->mod_len)
		x->mod_start = 0;
}

int xenpv_layout(struct xenpv *x)
{
	const struct xenpv_image *img = &x->image;
	/* A list of modules is read through the first map. */
	bool mapped = !img->mod_start_pfn || x->flags & SIF_MULTIBOOT_MOD;
	uint64_t next = img->start / XEN_PAGE;
	int err;

	if (strlen(x->cmdline) >= MAX_GUEST_CMDLINE)
		return fail(ERR_ARGUMENT, "command line of more than %u bytes",
			    MAX_GUEST_CMDLINE - 1);
	if (x->nr_pages > 1ul << 34 || pages(img->end) > x->nr_pages ||
	    pages(x->mod_len) > x->nr_pages)
		goto too_small;
	x->kernel = take(&next, pages(img->end) - next);
	if (mapped)
		place_modules(x, &next, true);
	if (img->init_p2m == XENPV_NONE) {
		x->p2m = take(&next, pages(x->nr_pages * 8));
		x->p2m_va = xenpv_va(x, x->p2m.pfn);
	}
	x->start_info = take(&next, 1).pfn;
	x->store = take(&next, 1).pfn;
	x->console = take(&next, 1).pfn;
	err = place_tables(x, &next);
	if (err)
		return err;
	next = x->map_end;
	if (!mapped)
		place_modules(x, &next, false);
	if (img->init_p2m != XENPV_NONE && (err = place_own_p2m(x, &next)))
		return err;
	x->end = next;
	if (next <= x->nr_pages)
		return 0;
too_small:
	return fail(ERR_NO_MEMORY, "the domain's %lu MiB are too small",
		    x->nr_pages >> 8);
}
