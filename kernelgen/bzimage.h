/* Linux kernel files ("bzImage") made by us. */
#ifndef KERNELGEN_BZIMAGE_H
#define KERNELGEN_BZIMAGE_H

#include <stddef.h>
#include <stdint.h>

struct bzimage {
	unsigned entry;		/* the best entry offered: 64, 32, 16 */
	unsigned protocol;	/* 0x020f; 0: the newest that suits ENTRY */
	uint64_t size;		/* of the file, bytes; 0: as small as can be */
	enum { NO_EFI, EFI_STUB, EFI_APP } efi; /* EFI_APP: no bzImage then */
	const void *payload;	/* a packed kernel to carry, NULL for none */
	size_t payload_len;
};

/*
 * The probe kernel as a bzImage, malloc'd.  NULL with an error recorded: the
 * protocol does not know the entry, or the size is too small.
 */
uint8_t *bzimage_make(const struct bzimage *b, size_t *len);

#endif
