/*
 * The processor's registers and tables by number and bit, for C and assembly
 * (Intel SDM volumes 3 and 4; AMD APM volume 2 for what only AMD has).
 */
#ifndef LOADER_ABI_X86_H
#define LOADER_ABI_X86_H

/* A constant that needs 64 bits. */
#ifdef __ASSEMBLER__
#define X86_64(x)	x
#else
#define X86_64(x)	x##ull
#endif

#define MSR_TSC			0x10
#define MSR_PLATFORM_ID		0x17
#define MSR_APIC_BASE		0x1b
#define MSR_BIOS_SIGN_ID	0x8b
#define MSR_PLATFORM_INFO	0xce
#define MSR_MISC_FEATURES	0x140
#define MSR_SYSENTER_CS		0x174
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define MSR_MISC_ENABLE		0x1a0
#define MSR_MCG_CAP		0x179
#define MSR_MCG_STATUS		0x17a
#define MSR_DEBUGCTL		0x1d9
#define MSR_PAT			0x277
#define MSR_TSC_DEADLINE	0x6e0
#define MSR_EFER		0xc0000080
#define MSR_STAR		0xc0000081
#define MSR_LSTAR		0xc0000082
#define MSR_CSTAR		0xc0000083
#define MSR_FMASK		0xc0000084
#define MSR_FS_BASE		0xc0000100
#define MSR_GS_BASE		0xc0000101
#define MSR_KERNEL_GS_BASE	0xc0000102
#define MSR_TSC_AUX		0xc0000103
#define MSR_HWCR		0xc0010015

#define CPUID_1_ECX_XSAVE	(1 << 26)
#define CPUID_1_ECX_HYPERVISOR	0x80000000
#define CPUID_7_EBX_FSGSBASE	(1 << 0)
#define CPUID_7_EBX_SMEP	(1 << 7)
#define CPUID_7_EBX_SMAP	(1 << 20)
#define CPUID_7_ECX_UMIP	(1 << 2)
#define CPUID_7_ECX_RDPID	(1 << 22)
#define CPUID_EXT_EDX_NX	(1 << 20)
#define CPUID_EXT_EDX_RDTSCP	(1 << 27)

#define EFER_SCE	0x001
#define EFER_LME	0x100
#define EFER_LMA	0x400
#define EFER_NXE	0x800

#define CR0_MP	0x00000002
#define CR0_EM	0x00000004
#define CR0_TS	0x00000008
#define CR0_ET	0x00000010
#define CR0_NE	0x00000020
#define CR0_WP	0x00010000
#define CR0_PG	0x80000000
#define CR0_PE	0x00000001

#define CR4_TSD		0x004
#define CR4_DE		0x008
#define CR4_PAE		0x020
#define CR4_MCE		0x040
#define CR4_OSFXSR	0x200
#define CR4_OSXMMEXCPT	0x400
#define CR4_UMIP	0x800
#define CR4_FSGSBASE	0x10000
#define CR4_OSXSAVE	0x40000
#define CR4_SMEP	0x100000
#define CR4_SMAP	0x200000

#define XCR0_X87	1
#define XCR0_SSE	2
#define XCR0_AVX	4

/* Error codes of page faults. */
#define FAULT_P		1
#define FAULT_W		2
#define FAULT_U		4
#define FAULT_RSVD		8

#define FLAG_CF		0x00000001
#define FLAG_TF		0x00000100
#define FLAG_IF		0x00000200
#define FLAG_DF		0x00000400
#define FLAG_IOPL	0x00003000
#define FLAG_NT		0x00004000
#define FLAG_RF		0x00010000
#define FLAG_VM		0x00020000
#define FLAG_AC		0x00040000
#define FLAG_VIF	0x00080000
#define FLAG_VIP	0x00100000
#define FLAG_FIXED	0x00000002	/* always one */

#define PTE_P		X86_64(0x001)
#define PTE_RW		X86_64(0x002)
#define PTE_US		X86_64(0x004)
#define PTE_PWT		X86_64(0x008)
#define PTE_PCD		X86_64(0x010)
#define PTE_A		X86_64(0x020)
#define PTE_D		X86_64(0x040)
#define PTE_PSE		X86_64(0x080)
#define PTE_PAT		X86_64(0x080)	/* in an L1 entry */
#define PTE_G		X86_64(0x100)
#define PTE_NX		X86_64(0x8000000000000000)
#define PTE_ADDR	X86_64(0x000ffffffffff000)

/* Exceptions. */
#define VEC_DE		0
#define VEC_DB		1
#define VEC_NMI		2
#define VEC_BP		3
#define VEC_OF		4
#define VEC_BR		5
#define VEC_UD		6
#define VEC_NM		7
#define VEC_DF		8
#define VEC_TS		10
#define VEC_NP		11
#define VEC_SS		12
#define VEC_GP		13
#define VEC_PF		14
#define VEC_MF		16
#define VEC_AC		17
#define VEC_MC		18
#define VEC_XM		19
#define VEC_CP		21

#endif
