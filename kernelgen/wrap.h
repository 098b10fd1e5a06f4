/* Kernel files wrapped and unwrapped: what is inside a bzImage. */
#ifndef KERNELGEN_WRAP_H
#define KERNELGEN_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole file, malloc'd; NULL with an error recorded. */
uint8_t *wrap_read(const char *path, size_t *len);

#define WRAP_MAX (512ul << 20)	/* bytes of a kernel, unpacked */

/*
 * The kernel inside FILE, a bzImage or a packed file; malloc'd.  NULL with an
 * error recorded.
 */
uint8_t *wrap_unpack(const uint8_t *file, size_t len, size_t *out_len);

/*
 * ELF packed by METHOD (pack.h) as the payload of a bzImage; malloc'd.  What
 * runs when that is started as a Linux kernel is our probe; with STUB also by
 * EFI.
 */
uint8_t *wrap_pack(const char *method, const uint8_t *elf, size_t elf_len,
		   bool stub, uint64_t size, size_t *len);

#endif
