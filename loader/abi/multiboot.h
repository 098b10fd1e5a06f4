/*
 * Multiboot Specification 0.6.96 (Multiboot 1), sections 3.1 to 3.3: what an
 * OS image says and what it gets.
 */
#ifndef LOADER_ABI_MULTIBOOT_H
#define LOADER_ABI_MULTIBOOT_H

#define MULTIBOOT_SEARCH 8192		/* the header lies in these bytes */
#define MULTIBOOT_HEADER_MAGIC 0x1badb002
#define MULTIBOOT_LOADER_MAGIC 0x2badb002 /* in eax */

/* multiboot_header.flags: what we must do; below 0x10000, or refuse. */
#define MULTIBOOT_PAGE_ALIGN 0x1
#define MULTIBOOT_MEMORY_INFO 0x2
#define MULTIBOOT_VIDEO_MODE 0x4
#define MULTIBOOT_AOUT_KLUDGE 0x10000

/* multiboot_info.flags: what is there. */
#define MULTIBOOT_INFO_MEMORY 0x1
#define MULTIBOOT_INFO_BOOT_DEVICE 0x2
#define MULTIBOOT_INFO_CMDLINE 0x4
#define MULTIBOOT_INFO_MODS 0x8
#define MULTIBOOT_INFO_ELF_SECTIONS 0x20
#define MULTIBOOT_INFO_MMAP 0x40
#define MULTIBOOT_INFO_DRIVES 0x80
#define MULTIBOOT_INFO_CONFIG_TABLE 0x100
#define MULTIBOOT_INFO_LOADER 0x200
#define MULTIBOOT_INFO_APM 0x400
#define MULTIBOOT_INFO_VBE 0x800
#define MULTIBOOT_INFO_FRAMEBUFFER 0x1000
#define MULTIBOOT_DRIVE_LBA 1

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct multiboot_header {
	uint32_t magic, flags, checksum;
	/* with MULTIBOOT_AOUT_KLUDGE */
	uint32_t header_addr, load_addr, load_end_addr, bss_end_addr;
	uint32_t entry_addr;
	/* with MULTIBOOT_VIDEO_MODE */
	uint32_t mode_type, width, height, depth;
};
#define MULTIBOOT_MODE_TEXT 1	/* mode_type */

struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper;	/* KiB below 640 KiB, above 1 MiB */
	uint32_t boot_device;		/* drive << 24 | part1 << 16 | ... */
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms_num, syms_size, syms_addr, syms_shndx; /* an ELF's */
	uint32_t mmap_length, mmap_addr;
	uint32_t drives_length, drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
	uint32_t apm_table;
	uint32_t vbe_control_info, vbe_mode_info;
	uint16_t vbe_mode, vbe_interface_seg, vbe_interface_off;
	uint16_t vbe_interface_len;
	uint64_t framebuffer_addr;
	uint32_t framebuffer_pitch, framebuffer_width, framebuffer_height;
	uint8_t framebuffer_bpp, framebuffer_type;
	uint8_t color_info[6];	/* position and bits of red, green, blue */
};

struct multiboot_module {
	uint32_t mod_start, mod_end;
	uint32_t string;
	uint32_t reserved;
};

struct multiboot_mmap {
	uint32_t size;			/* of what follows: 20 */
	uint64_t addr, len;
	uint32_t type;
} __attribute__((packed));

/* Ports follow in the specification's; we know of none: a 0 ends them. */
struct multiboot_drive {
	uint32_t size;			/* of all, with itself */
	uint8_t number, mode;
	uint16_t cylinders;
	uint8_t heads, sectors;
	uint16_t ports_end;
} __attribute__((packed));

struct multiboot_apm {
	uint16_t version, cseg;
	uint32_t offset;
	uint16_t cseg_16, dseg, flags;
	uint16_t cseg_len, cseg_16_len, dseg_len;
};

_Static_assert(sizeof(struct multiboot_header) == 48, "multiboot_header");
_Static_assert(offsetof(struct multiboot_info, mmap_length) == 44,
	       "multiboot_info");
_Static_assert(offsetof(struct multiboot_info, boot_loader_name) == 64,
	       "multiboot_info");
_Static_assert(offsetof(struct multiboot_info, syms_num) == 28 &&
	       offsetof(struct multiboot_info, color_info) == 110,
	       "multiboot_info");
_Static_assert(sizeof(struct multiboot_drive) == 12, "multiboot_drive");
_Static_assert(sizeof(struct multiboot_apm) == 20, "multiboot_apm");
_Static_assert(sizeof(struct multiboot_mmap) == 24, "multiboot_mmap");
#endif

#endif
