/*
 * Where things are in the hypervisor's address space, L4 slots 256..271, and
 * the selectors of its GDT (Xen's, xen/arch-x86/xen-x86_64.h).  For C, assembly
 * and the linker script.
 */
#ifndef PVBOOT_HV_MACHINE_LAYOUT_H
#define PVBOOT_HV_MACHINE_LAYOUT_H

#ifdef __ASSEMBLER__
#define LAYOUT_VA(x)	x
#else
#define LAYOUT_VA(x)	x##ULL
#endif

#define HV_HOLE_START	LAYOUT_VA(0xffff800000000000)
#define HV_HOLE_END	LAYOUT_VA(0xffff880000000000)
#define HV_M2P		LAYOUT_VA(0xffff800000000000) /* slot 256: guest's */
#define HV_DIRECT	LAYOUT_VA(0xffff808000000000) /* slot 257: all RAM */
#define HV_IMAGE	LAYOUT_VA(0xffff810000000000) /* slot 258 */
/* Slot 259.  A window for each processor: GDT, then LDT; and its stacks. */
#define HV_GDT(n)	(LAYOUT_VA(0xffff818000000000) + (n) * 0x20000)
#define HV_LDT(n)	(LAYOUT_VA(0xffff818000010000) + (n) * 0x20000)
#define HV_STACKS	LAYOUT_VA(0xffff818020000000)
#define HV_STACKS_STEP	0x10000		/* bytes from one's to the next's */
#define HV_MMIO		LAYOUT_VA(0xffff818040000000)
#define HV_FRAMES	LAYOUT_VA(0xffff820000000000) /* slot 260 */
#define HV_M2P_OURS	LAYOUT_VA(0xffff828000000000) /* slot 261: to write */

#define IMAGE_MAX	0x1000000	/* bytes of our image, at most */

#define PAGE_SIZE	LAYOUT_VA(4096)

#define PROCESSORS	16	/* at most */

/* ap_wanted (ap.S), when it is no local APIC's ID. */
#define AP_NOBODY	0xfffffffe
#define AP_CLAIMED	0xffffffff

/* Ours. */
#define SEL_CS0		0xe008
#define SEL_DS0		0xe010
#define SEL_TSS		0xe040
#define SEL_LDT		0xe050
/* The guest's flat ones.  SYSRET: USER32 + 8 is SS, + 16 the 64-bit CS. */
#define SEL_USER32	0xe023
#define SEL_KERNEL_SS	0xe02b
#define SEL_KERNEL_CS	0xe033

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Intel SDM volume 1, 3.3.7.1; of 48 bits. */
static inline int addr_canonical(uint64_t va)
{
	return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}
#endif

#endif
