/*
 * Multiboot2 Specification 2.0, sections 3.1 (OS image) and 3.6 (boot
 * information), as far as EFI on x86-64 goes.
 */
#ifndef LOADER_ABI_MULTIBOOT2_H
#define LOADER_ABI_MULTIBOOT2_H

#define MULTIBOOT2_HEADER_MAGIC 0xe85250d6
#define MULTIBOOT2_LOADER_MAGIC 0x36d76289 /* in eax */
#define MULTIBOOT2_ALIGN 8		/* of headers and tags */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct multiboot2_header {
	uint32_t magic, architecture, length, checksum;
};

/* Tags of the header. */
enum {
	MULTIBOOT2_HEADER_END = 0,
	MULTIBOOT2_HEADER_REQUEST = 1,
	MULTIBOOT2_HEADER_CONSOLE = 4,
	MULTIBOOT2_HEADER_FRAMEBUFFER = 5,
	MULTIBOOT2_HEADER_MODULE_ALIGN = 6,
	MULTIBOOT2_HEADER_EFI_BS = 7,
	MULTIBOOT2_HEADER_ENTRY_EFI64 = 9,
	MULTIBOOT2_HEADER_RELOCATABLE = 10,
};
#define MULTIBOOT2_OPTIONAL 1		/* of a header tag's flags */
#define MULTIBOOT2_CONSOLE_REQUIRED 1

/* Tags of the information. */
enum {
	MULTIBOOT2_END = 0,
	MULTIBOOT2_CMDLINE = 1,
	MULTIBOOT2_LOADER = 2,
	MULTIBOOT2_MODULE = 3,
	MULTIBOOT2_MEMORY = 4,
	MULTIBOOT2_MMAP = 6,
	MULTIBOOT2_FRAMEBUFFER = 8,
	MULTIBOOT2_EFI64 = 12,		/* the system table */
	MULTIBOOT2_EFI_BS = 18,		/* boot services are on */
	MULTIBOOT2_EFI64_IMAGE = 20,	/* the image handle */
	MULTIBOOT2_LOAD_BASE = 21,
};

struct multiboot2_info {
	uint32_t total_size, reserved;
};

struct multiboot2_tag {
	uint32_t type, size;		/* with these, without padding */
};

struct multiboot2_module {
	struct multiboot2_tag tag;
	uint32_t mod_start, mod_end;
	char string[];
};

struct multiboot2_memory {
	struct multiboot2_tag tag;
	uint32_t mem_lower, mem_upper;	/* KiB */
};

struct multiboot2_mmap_entry {
	uint64_t addr, len;
	uint32_t type, zero;
};

struct multiboot2_mmap {
	struct multiboot2_tag tag;
	uint32_t entry_size, entry_version;
	struct multiboot2_mmap_entry entry[];
};

struct multiboot2_framebuffer {
	struct multiboot2_tag tag;
	uint64_t addr;
	uint32_t pitch, width, height;
	uint8_t bpp, kind;
	uint16_t reserved;
	uint8_t color[6];	/* position and bits of red, green, blue */
} __attribute__((packed));

struct multiboot2_pointer {
	struct multiboot2_tag tag;
	uint64_t pointer;
};

struct multiboot2_load_base {
	struct multiboot2_tag tag;
	uint32_t addr;
};

_Static_assert(sizeof(struct multiboot2_mmap_entry) == 24 &&
	       sizeof(struct multiboot2_mmap) == 16 &&
	       sizeof(struct multiboot2_pointer) == 16 &&
	       sizeof(struct multiboot2_framebuffer) == 38 &&
	       sizeof(struct multiboot2_load_base) == 12, "Multiboot2 tags");

#endif

#endif
