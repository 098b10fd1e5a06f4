/*
 * What C, assembly and the linker script of the PV loader share.
 */
#ifndef PVBOOT_GUEST_LAYOUT_H
#define PVBOOT_GUEST_LAYOUT_H

#ifdef __ASSEMBLER__
#define LAYOUT_VA(x)	x
#else
#define LAYOUT_VA(x)	x##ul
#endif

/* Where pseudo-physical 0 is mapped at the start. */
#define VIRT_BASE	LAYOUT_VA(0x40000000)

#define STACK_SIZE	131072
#define GRANT_FRAMES	4

/* struct departure (chain.c). */
#define DEPART_STACK	48
#define DEPART_INFO	56
#define DEPART_ENTRY	64
#define DEPART_CODE	72

#endif
