/*
 * GO_EFI64: a Multiboot 2 kernel that is entered with boot services on and ends
 * them itself (Multiboot2 2.0, 3.5, "EFI amd64 machine state with boot services
 * enabled").
 */
#include "mbr/uefi/uefi.h"

#include "loader/abi/multiboot2.h"
#include "loader/base/err.h"

static void set_pointers(struct multiboot2_info *info, uint32_t video_mode)
{
	uint8_t *at = (uint8_t *)(info + 1), *end = (uint8_t *)info +
						    info->total_size;

	while (at < end) {
		struct multiboot2_pointer *p = (void *)at;

		if (p->tag.type == MULTIBOOT2_FRAMEBUFFER)
			p->pointer = uefi_picture_set(video_mode);
		if (p->tag.type == MULTIBOOT2_EFI64)
			p->pointer = (uintptr_t)uefi_system;
		if (p->tag.type == MULTIBOOT2_EFI64_IMAGE)
			p->pointer = (uintptr_t)uefi_image;
		at += (p->tag.size + MULTIBOOT2_ALIGN - 1) &
		      -(size_t)MULTIBOOT2_ALIGN;
	}
}

static void measure_pieces(const struct handover *ho)
{
	for (unsigned i = 0; i < ho->n; i++)
		if (ho->piece[i].file)
			uefi_measure(9, (void *)ho->piece[i].addr,
				     ho->piece[i].len,
				     handover_what(ho->piece[i].role));
}

int uefi_go_efi64(struct handover *ho)
{
	int err;

	if (uefi_secure_boot())
		return fail(ERR_AUTH, "Secure Boot is on, and nothing could "
				      "verify this Multiboot kernel");
	if ((err = uefi_pieces_load(ho)))
		return err;
	measure_pieces(ho);
	set_pointers((void *)ho->rbx, ho->video_mode);
	__asm__ volatile("jmp *%0" : : "r"(ho->entry), "a"(ho->rax),
			 "b"(ho->rbx) : "memory");
	__builtin_unreachable();
}
