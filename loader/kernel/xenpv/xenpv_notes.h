/* The Xen notes of an ELF64 file, as written there. */
#ifndef LOADER_KERNEL_XENPV_XENPV_NOTES_H
#define LOADER_KERNEL_XENPV_XENPV_NOTES_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "loader/fs/fs.h"

struct xenpv_notes {
	unsigned n;		/* Xen notes seen */
	bool legacy;		/* from the __xen_guest section */
	/* XENPV_NONE when absent. */
	uint64_t entry, hypercall_page, virt_base, paddr_offset, init_p2m;
	uint64_t mod_start_pfn, pvh_entry;
	char xen_version[16], loader[16], guest_os[16], features[256];
};

/*
 * Look where they may be: PT_NOTE, then SHT_NOTE, then `__xen_guest`.  n == 0
 * if there are none.  ERR_EXEC_FORMAT, ERR_FILE_LENGTH, ERR_READ.
 */
int xenpv_notes_read(struct file *f, const Elf64_Ehdr *eh,
		     struct xenpv_notes *out);

#endif
