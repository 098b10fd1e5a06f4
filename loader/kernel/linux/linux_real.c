/*
 * The 16-bit entry: the kernel's own setup code runs in real mode, asks the
 * BIOS for what it wants to know and enters protected mode by itself.
 * One block of up to 64 KiB holds setup code, heap, stack and command line.
 */
#include "loader/kernel/linux/linux_real.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/linux/linux_args.h"

#define SETUP_MAX 0x8000
#define OLD_MAGIC 0xa33f /* at 0x20: the command line of 2.01 and before */

/* Where the stack ends and the command line begins. */
static uint32_t heap_end(const struct linux_image *img)
{
	return img->high && img->version >= 0x202 ? 0xe000 : 0x9800;
}

int linux_real_place(const struct linux_image *img, const struct boot_entry *e,
		     struct memmap *m, struct linux_layout *at)
{
	size_t len = strlen(e->args);

	at->low_size = heap_end(img) + ((len + 16) & ~15ull);
	if (at->low_size > 0x10000)
		return fail(ERR_ARGUMENT,
			    "command line of %zu bytes for a 16-bit kernel",
			    len);
	if (img->high && img->version >= 0x202)
		return linux_place_low(img, m, at, 16);
	/* These move themselves to where Linux once had to be. */
	if (memmap_find_low(m, at->low_size, 1, 0x90000,
			    0x90000 + at->low_size, &at->low))
		return ERR_NO_MEMORY;
	return memmap_set(m, at->low, at->low + at->low_size, MEM_LOADER);
}

static void patch(uint8_t *block, const struct linux_image *img,
		  const struct linux_layout *at)
{
	struct setup_header *h = (void *)(block + 0x1f1);
	uint32_t end = heap_end(img);

	linux_params_header(h, img, at, at->low + end);
	if (img->version >= 0x201) {
		h->heap_end_ptr = (uint16_t)(end - 0x200);
		h->loadflags |= CAN_USE_HEAP;
	}
	if (img->version < 0x202) {
		memcpy(block + 0x20, &(uint16_t){ OLD_MAGIC }, 2);
		memcpy(block + 0x22, &(uint16_t){ (uint16_t)end }, 2);
		h->setup_move_size = (uint16_t)at->low_size;
	}
}

int linux_real_setup(const struct linux_image *img, const struct boot_entry *e,
		     const struct linux_layout *at, struct arena *arena,
		     struct handover *ho)
{
	uint32_t end = heap_end(img), size = img->setup_size;
	uint8_t *block = arena_alloc(arena, at->low_size);
	uint16_t mode = img->hdr.vid_mode;
	int err;

	if (size > SETUP_MAX)
		return fail(ERR_EXEC_FORMAT, "setup code of %u bytes", size);
	if (!block)
		return ERR_NO_MEMORY;
	if ((err = fs_read(img->file, 0, size, block)) ||
	    (err = linux_args_vga(e->args, &mode)))
		return err;
	patch(block, img, at);
	((struct setup_header *)(block + 0x1f1))->vid_mode = mode;
	memcpy(block + end, e->args, strlen(e->args) + 1);
	ho->mode = GO_REAL16;
	ho->entry_name = "linux16";
	ho->entry = (at->low / 16 + 0x20) << 16;
	ho->stack = at->low / 16 << 16 | end;
	return handover_mem(ho, PIECE_SETUP, at->low, at->low_size, block,
			    at->low_size);
}
