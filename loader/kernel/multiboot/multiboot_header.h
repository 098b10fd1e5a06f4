/* Which file is a Multiboot 1 image. */
#ifndef LOADER_KERNEL_MULTIBOOT_MULTIBOOT_HEADER_H
#define LOADER_KERNEL_MULTIBOOT_MULTIBOOT_HEADER_H

#include "loader/base/span.h"

/* Where in HEAD, the file's first 8 KiB, the header is; false: nowhere. */
bool multiboot_header_find(struct span head, uint64_t *at);

/* The same as a kernel format's probe(). */
bool multiboot_header_probe(struct span head);

#endif
