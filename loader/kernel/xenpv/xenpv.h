/*
 * Xen PV kernels: what an ELF64 file says of itself, where everything of its
 * first moments lies, and the contents the domain builder owes it (page
 * tables, p2m list, start_info).  All pure: the PV loader uses it to become
 * the kernel, the hypervisor to build a domain, the host to look.
 *
 * "pfn" counts the domain's own pages (pseudo-physical), "mfn" the machine's.
 */
#ifndef LOADER_KERNEL_XENPV_XENPV_H
#define LOADER_KERNEL_XENPV_XENPV_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/fs/fs.h"
#include "loader/kernel/kernel.h"

#define XENPV_NONE UINT64_MAX	/* no such note, no such frame */
#define XENPV_SEGMENTS 16

struct xenpv_segment {
	uint64_t addr, size;	/* pseudo-physical bytes; memory size */
	uint64_t off, len;	/* in the file */
};

/* What the kernel says. */
struct xenpv_image {
	uint64_t virt_base;	/* the address pfn 0 is mapped at */
	uint64_t entry;		/* virtual */
	uint64_t hypercall_page; /* virtual, or XENPV_NONE */
	uint64_t init_p2m;	/* virtual, or XENPV_NONE: in the first map */
	bool mod_start_pfn;	/* the initrd may stay unmapped */
	bool is_linux;		/* knows no list of modules, only an initrd */
	uint64_t start, end;	/* pseudo-physical bytes the kernel takes */
	unsigned n;
	struct xenpv_segment seg[XENPV_SEGMENTS];
};

struct xenpv_range {
	uint64_t pfn, n;
};

/* The initial domain.  handover.extra.xenpv of GO_XENPV. */
struct xenpv {
	struct xenpv_image image;
	const char *cmdline;	/* at most 1023 bytes */
	uint64_t nr_pages;
	struct xenpv_range kernel, initrd, p2m, tables, p2m_tables;
	uint64_t start_info, store, console, stack;	/* pfns */
	uint64_t map_end;	/* pfns below are mapped from virt_base up */
	uint64_t end;		/* pfns from here on are free memory */
	uint64_t p2m_va;
	uint32_t flags;		/* SIF_* */
	uint64_t mod_start, mod_len;	/* as start_info says it */
};

/*
 * Read the headers and notes of F, a plain ELF64 file.  ERR_EXEC_FORMAT says
 * what is wrong ("not a Xen PV kernel: no Xen notes"), ERR_FILE_LENGTH if F is
 * cut short, ERR_READ.
 */
int xenpv_parse(struct file *f, struct xenpv_image *img);

/*
 * Fill in X from X->image, ->cmdline, ->nr_pages, ->flags (0, or
 * SIF_MULTIBOOT_MOD: then MOD_LEN bytes begin with the list of modules) and
 * ->mod_len.  ERR_NO_MEMORY when the domain is too small; ERR_EXEC_FORMAT for
 * addresses that cannot be; ERR_ARGUMENT for a too long command line.
 */
int xenpv_layout(struct xenpv *x);

/* The domain's memory while it is being built, and what start_info tells. */
struct xenpv_machine {
	/* The 4 KiB that will be PFN; NULL with an error recorded. */
	void *(*page)(void *ctx, uint64_t pfn);
	/* The machine frame of PFN, or XENPV_NONE for a hole. */
	uint64_t (*mfn)(void *ctx, uint64_t pfn);
	void *ctx;
	uint64_t shared_info;	/* machine address, bytes */
	uint32_t store_port, console_port;
	bool p2m_written;	/* the list is in its place already */
};

/*
 * Write the page tables, p2m list, start_info, hypercall page (if the kernel
 * has one) and an empty stack.  The caller pins pfn X->tables.pfn as an L4;
 * the store and console pages are its own business.
 */
int xenpv_write(const struct xenpv *x, const struct xenpv_machine *m);

/* The 128 hypercall stubs of one page. */
void xenpv_hypercall_page(void *page);

static inline uint64_t xenpv_va(const struct xenpv *x, uint64_t pfn)
{
	return x->image.virt_base + pfn * 4096;
}

/*
 * The kernel format of a plain ELF64 file: pieces for the kernel and the
 * modules, extra = struct xenpv, rsi = start_info.  The number of pages is
 * where MAP ends.  `initrd` files, and whatever a Linux kernel is given, are
 * laid one after the other; `module` files are described by a list at the start
 * (SIF_MULTIBOOT_MOD).
 */
extern const struct kernel_format xenpv_format;

#endif
