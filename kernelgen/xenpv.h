/* The probe as a Xen PV kernel: an ELF64 file. */
#ifndef KERNELGEN_XENPV_H
#define KERNELGEN_XENPV_H

#include <stddef.h>
#include <stdint.h>

/*
 * HYPERCALL_PAGE: with that note, and hypercalls through it.  SIZE: of the
 * file, bytes, all of them to be loaded; 0: as small as can be.  Malloc'd;
 * NULL with an error recorded.
 */
uint8_t *xenpv_make(int hypercall_page, uint64_t size, size_t *len);

#endif
