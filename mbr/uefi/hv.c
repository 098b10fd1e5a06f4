/*
 * GO_EFI_HV: hv.efi is started as any EFI image, so that the firmware verifies
 * it; what its guest is made of lies in memory, and a device tree in a
 * configuration table of its own says where.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/hv/hv_tree.h"

#define KERNEL_PIECE 1		/* what follows is its initrd */

static EFI_GUID tree_guid = HV_TREE_GUID;

/* What the guest gets; where a pointer is NULL, nothing is held. */
struct guest {
	uint64_t kernel_pages, initrd_pages;
	void *kernel, *initrd, *tree;
};

static void release(struct guest *g)
{
	if (g->kernel)
		uefi_pages_free(g->kernel, g->kernel_pages);
	if (g->initrd)
		uefi_pages_free(g->initrd, g->initrd_pages);
	if (g->tree)
		uefi_pages_free(g->tree, uefi_page_count(HV_TREE_MAX));
}

static uint64_t initrd_size(const struct handover *ho)
{
	const struct piece *last = &ho->piece[ho->n - 1];

	return ho->n > KERNEL_PIECE + 1 ? last->addr + last->len : 0;
}

static int read_piece(const struct piece *p, uint8_t *base)
{
	uint8_t *to = base + p->addr;

	memset(to + p->len, 0, p->size - p->len);
	return fs_read(p->file, p->file_off, p->len, to);
}

/* The kernel and its initrd into pages, both measured. */
static int read_guest(const struct handover *ho, struct guest *g)
{
	const struct piece *kernel = &ho->piece[KERNEL_PIECE];
	uint64_t size = initrd_size(ho);
	int err = 0;

	g->kernel_pages = uefi_page_count(kernel->size);
	g->initrd_pages = uefi_page_count(size);
	if (!(g->kernel = uefi_pages(g->kernel_pages)) ||
	    (size && !(g->initrd = uefi_pages(g->initrd_pages))))
		return ERR_NO_MEMORY;
	if ((err = read_piece(kernel, g->kernel)))
		return err;
	uefi_measure(9, g->kernel, kernel->size, "kernel");
	for (unsigned i = KERNEL_PIECE + 1; i < ho->n && !err; i++)
		err = read_piece(&ho->piece[i], g->initrd);
	if (!err && size)
		uefi_measure(9, g->initrd, size, "initrd");
	return err;
}

struct write {
	struct hv_tree tree;
	void *to;
};

static int write_tree(void *arg)
{
	struct write *w = arg;

	return hv_tree_write(&w->tree, w->to);
}

/* The tree, in the firmware's table. */
static int tell(const struct handover *ho, struct guest *g)
{
	struct write w = { .tree = {
		.hv_args = ho->from->hv_args, .args = ho->cmdline,
		.kernel = (uintptr_t)g->kernel,
		.kernel_size = ho->piece[KERNEL_PIECE].size,
		.initrd = (uintptr_t)g->initrd,
		.initrd_size = initrd_size(ho),
	} };
	int err;

	w.to = g->tree = uefi_pages_low(uefi_page_count(HV_TREE_MAX));
	if (!w.to)
		return ERR_NO_MEMORY;
	if ((err = uefi_library_call(write_tree, &w)))
		return err;
	if (uefi_timed(uefi_boot->InstallConfigurationTable(&tree_guid, w.to)))
		return fail(ERR_NO_MEMORY, "one more configuration table");
	return 0;
}

static int run(const struct handover *ho, struct guest *g, EFI_HANDLE image)
{
	int err = read_guest(ho, g);

	if (!err)
		err = tell(ho, g);
	if (err) {
		uefi_timed(uefi_boot->UnloadImage(image));
		return err;
	}
	if (ho->loaded)
		ho->loaded(ho);
	err = uefi_image_start(ho, image);
	uefi_timed(uefi_boot->InstallConfigurationTable(&tree_guid, NULL));
	return err;
}

int uefi_go_hv(struct handover *ho)
{
	struct guest g = { 0 };
	EFI_HANDLE image;
	int err = uefi_image_load(ho, ho->piece[0].file, NULL, &image);

	if (err)
		return err;
	err = run(ho, &g, image);
	release(&g);
	return err;
}
