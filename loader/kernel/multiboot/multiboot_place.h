/* Where the parts of a 32-bit kernel go: the image, then what follows it. */
#ifndef LOADER_KERNEL_MULTIBOOT_MULTIBOOT_PLACE_H
#define LOADER_KERNEL_MULTIBOOT_MULTIBOOT_PLACE_H

#include "loader/kernel/multiboot/multiboot_image.h"
#include "loader/kernel/multiboot/multiboot_info.h"

/* IMG's segments of FILE, where they are linked.  ERR_NO_MEMORY. */
int multiboot_place_image(const struct multiboot_image *img, struct memmap *m,
			  struct file *file, struct handover *ho);

/* FILE, called PATH, as ROLE at a page above IMG.  ERR_NO_MEMORY. */
int multiboot_place_module(const struct multiboot_image *img, struct memmap *m,
			   const char *path, struct file *file,
			   enum piece_role role, struct multiboot_place *out,
			   struct handover *ho);

#endif
