/*
 * Where things are in memory while the BIOS stages run; drawn in
 * docs/memory-map-bios.md.  For assembly, C and the linker script.
 */
#ifndef MBR_BIOS_LAYOUT_H
#define MBR_BIOS_LAYOUT_H

#define REAL_STACK 0x7bf0	/* top of the real-mode stack, segment 0 */
/* Two 64-bit words that the boot block leaves for stage 2: */
#define BLOCK_FW_TSC 0x7bf0	/* TSC ticks spent in INT 13h */
#define BLOCK_TSC 0x7bf8	/* TSC at the boot block's first instruction */
#define BLOCK_ADDR 0x7c00	/* the boot block */
#define STAGE2_SEG 0x1000
#define STAGE2_ADDR 0x10000	/* stage2.bin, within this one segment */
#define BOUNCE_ADDR 0x20000	/* disk reads: never across a 64 KiB border */
#define BOUNCE_SIZE 0xfe00	/* 127 sectors */
#define BSS_ADDR 0x30000		/* stage 2's page tables, stack, .bss */
#define STACK_SIZE 0x10000
#define BSS_END 0x70000		/* all from here to the EBDA is the kernel's */
/*
 * The second part of stage 2: a virtual address, in reach of the first part's
 * by 32 bits; the memory behind it is where there is some.
 */
#define SECOND_ADDR 0xffffffffc0000000
#define SECOND_ROOM 0x200000

/* Segments.  Linux wants 0x10 and 0x18 to be its flat code and data. */
#define SEL_CODE 0x10		/* 64-bit; 32-bit in the GDT for GO_PROT32 */
#define SEL_DATA 0x18
#define SEL_CODE32 0x20
#define SEL_CODE16 0x28		/* base STAGE2_ADDR, limit 64 KiB */
#define SEL_DATA16 0x30

#endif
