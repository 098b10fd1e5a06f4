/*
 * The PV probe is linked by the Makefile; what is done here is to make it
 * larger: one more PT_LOAD of random bytes behind its memory.
 */
#include "kernelgen/xenpv.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kernelgen/blobs.h"
#include "kernelgen/padding.h"
#include "loader/base/err.h"

#define PAGE 4096
#define PADDING_AT 0x200000	/* pseudo-physical; xenpv.lds ends below */

/* The header page has room for it: the code begins at the next one. */
static void add_segment(uint8_t *file, uint64_t off, uint64_t len)
{
	Elf64_Ehdr e;
	Elf64_Phdr first, p;
	size_t at;

	memcpy(&e, file, sizeof(e));
	memcpy(&first, file + e.e_phoff, sizeof(first));
	at = e.e_phoff + e.e_phnum * sizeof(p);
	p = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R,
		.p_offset = off,
		.p_vaddr = first.p_vaddr - first.p_paddr + PADDING_AT,
		.p_paddr = PADDING_AT,
		.p_filesz = len,
		.p_memsz = len,
		.p_align = PAGE,
	};
	memcpy(file + at, &p, sizeof(p));
	e.e_phnum++;
	memcpy(file, &e, sizeof(e));
}

uint8_t *xenpv_make(int hypercall_page, uint64_t size, size_t *len)
{
	const uint8_t *elf = hypercall_page ? probe_xen_page : probe_xen_raw;
	size_t elf_len = (size_t)((hypercall_page ? probe_xen_page_end :
				   probe_xen_raw_end) - elf);
	size_t off = (elf_len + PAGE - 1) & -(size_t)PAGE;
	uint8_t *file;

	*len = size ? size : elf_len;
	if (size && (size <= off || size > 1u << 30)) {
		fail(ERR_ARGUMENT, "%lu bytes; the kernel needs %zu", size,
		     off + 1);
		return NULL;
	}
	file = calloc(1, *len);
	if (!file) {
		fail(ERR_NO_MEMORY, "%zu bytes", *len);
		return NULL;
	}
	memcpy(file, elf, elf_len);
	if (size) {
		padding_fill(file + off, size - off);
		add_segment(file, off, size - off);
	}
	return file;
}
