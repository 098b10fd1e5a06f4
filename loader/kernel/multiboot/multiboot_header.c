/*
 * The header's place: at a multiple of four in the first 8 KiB, told by magic
 * number and sum (Multiboot 0.6.96, 3.1.1).  Alone in a file, because whoever
 * starts other kernels too needs only this to know that a kernel is none.
 */
#include "loader/kernel/multiboot/multiboot_header.h"

#include "loader/abi/multiboot.h"

bool multiboot_header_find(struct span head, uint64_t *at)
{
	for (*at = 0; *at + 12 <= head.len; *at += 4)
		if (span_u32(&head, *at) == MULTIBOOT_HEADER_MAGIC &&
		    span_u32(&head, *at) + span_u32(&head, *at + 4) +
		    span_u32(&head, *at + 8) == 0)
			return true;
	return false;
}

bool multiboot_header_probe(struct span head)
{
	uint64_t at;

	return multiboot_header_find(head, &at);
}
