/* A PE32+ header for an EFI application. */
#ifndef KERNELGEN_PE_H
#define KERNELGEN_PE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Write the MZ and PE headers into FILE's first 0x1f0 bytes.  Sections, each
 * at the same offset in the file and in memory, multiples of 4096: setup
 * [SETUP, TEXT) and text [TEXT, LEN), SIZE bytes of memory in all.
 */
void pe_header(uint8_t *file, uint64_t setup, uint64_t text, uint64_t len,
	       uint64_t size, uint64_t entry);

/* One more section of such a file, of an application's: the LEN bytes at AT. */
void pe_add_section(uint8_t *file, const char *name, size_t at, size_t len);

#endif
