/*
 * How a kernel is to be started, as data.  Kernel formats write it, each
 * platform's go() carries it out, and tests and `twinboot inspect` read it.
 */
#ifndef LOADER_HANDOVER_H
#define LOADER_HANDOVER_H

#include <stdint.h>

#include "loader/fs/fs.h"
#include "loader/memmap.h"

enum handover_mode {
	GO_REAL16,	/* real mode: CS:IP, DS=ES=FS=GS=SS, SP */
	GO_PROT32,	/* flat 32-bit, paging off, interrupts off */
	GO_LONG64, /* 64-bit, identity map of all pieces and of RAM < 4 GiB */
	GO_EFI,		/* LoadImage/StartImage of piece 0 */
	GO_XENPV,	/* a Xen PV domain: addresses are pseudo-physical */
	GO_EFI64,	/* 64-bit, the firmware's boot services left on */
	GO_EFI_HV,	/* GO_EFI: of our hypervisor; the rest is its guest's */
};

enum piece_role {
	PIECE_KERNEL,
	PIECE_INITRD,
	PIECE_MODULE,
	PIECE_MODULE_LIST,	/* Xen's struct xen_multiboot_mod_list */
	PIECE_CMDLINE,
	PIECE_SETUP,		/* Linux' real-mode part */
	PIECE_BOOT_PARAMS,	/* a platform may add to it */
	PIECE_E820,		/* struct setup_data */
	PIECE_SYMBOLS,
	PIECE_SECTIONS,		/* ELF section headers */
	PIECE_MULTIBOOT_INFO,
	PIECE_PVH_INFO,
	PIECE_BOOT_SECTOR,
	PIECE_PARTITIONS,	/* four entries of the boot sector's disk */
};

/*
 * One stretch of destination memory.  The first LEN bytes come from the file
 * (or from memory when there is none), the rest of SIZE is zeroed.
 */
struct piece {
	enum piece_role role;
	/*
	 * Destination, bytes.  Under GO_EFI the firmware chooses the places:
	 * ADDR is 0 for the image, and for the pieces of the initrd where they
	 * begin in it.  GO_EFI_HV: the same, and 0 for the guest's kernel.
	 */
	uint64_t addr, size;
	const void *mem;	/* source, when file is NULL */
	struct file *file;
	uint64_t file_off, len;
};

struct boot_entry;
struct xenpv;

/* Drives as a boot sector is to see them: who asks for hdFROM gets hdTO. */
struct drive_map {
	uint8_t to, from;	/* less than DRIVES */
};
#define DRIVE_MAPS 8
#define DRIVES 128		/* BIOS numbers from 0x80 on */

struct chain {
	uint32_t disk;		/* hdN that the boot sector is told */
	unsigned n_maps;
	const struct drive_map *map;
};

#define HANDOVER_PIECES 48

struct handover {
	enum handover_mode mode;
	const char *format;	/* the kernel format that wrote it */
	const char *entry_name;	/* "linux64", "xenpv": for the boot record */
	const struct boot_entry *from;	/* what it was made from */
	unsigned n;
	struct piece piece[HANDOVER_PIECES];
	uint64_t entry;		/* address; GO_REAL16: CS << 16 | IP */
	uint64_t stack;		/* GO_REAL16: SS << 16 | SP */
	uint64_t rax, rbx, rsi, rdi, rbp;
	/* What go() sets: VBE's number, one more than UEFI's; 0: none. */
	uint32_t video_mode;
	const char *cmdline;	/* GO_EFI: load options; else for the record */
	/*
	 * Called by handover_load() when every piece is in place; a go() that
	 * does not use that calls it just before it starts the kernel.
	 */
	void (*loaded)(const struct handover *ho);
	void *loaded_ctx;
	union {
		const struct xenpv *xenpv;	/* GO_XENPV */
		const char *path;	/* GO_EFI*: of the image's file */
		const struct chain *chain; /* GO_REAL16: NULL for Linux */
	} extra;		/* the mode's own; others have none */
};

/* ROLE for people: "kernel", "boot_params". */
const char *handover_what(enum piece_role role);

/* Append a piece.  ERR_NO_MEMORY when the table is full. */
int handover_mem(struct handover *ho, enum piece_role role, uint64_t addr,
		 uint64_t size, const void *mem, uint64_t len);
int handover_file(struct handover *ho, enum piece_role role, uint64_t addr,
		  uint64_t size, struct file *f, uint64_t off, uint64_t len);

/*
 * Put every piece where it belongs.  AT gives the memory behind an address
 * (NULL: it cannot, error recorded).  Files are read straight into place.
 */
int handover_load(const struct handover *ho,
		  void *(*at)(void *ctx, uint64_t addr, uint64_t size),
		  void *ctx);

#endif
