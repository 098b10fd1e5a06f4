/*
 * The processor's instructions that C has no words for, and its constants.
 * Intel SDM volumes 2 and 3.
 */
#ifndef PVBOOT_HV_MACHINE_CPU_H
#define PVBOOT_HV_MACHINE_CPU_H

#include <stdint.h>

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
#define MSR_DEBUGCTL		0x1d9
#define MSR_PAT			0x277
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

#define CPUID_1_ECX_XSAVE	(1U << 26)
#define CPUID_1_ECX_HYPERVISOR	(1U << 31)
#define CPUID_7_EBX_FSGSBASE	(1U << 0)
#define CPUID_7_EBX_SMEP	(1U << 7)
#define CPUID_7_EBX_SMAP	(1U << 20)
#define CPUID_7_ECX_UMIP	(1U << 2)
#define CPUID_7_ECX_RDPID	(1U << 22)
#define CPUID_EXT_EDX_NX	(1U << 20)
#define CPUID_EXT_EDX_RDTSCP	(1U << 27)

/*
 * Xen's, which PV guests take as it is: WB WT UC- UC WC WP UC UC.  No guest
 * chooses by it; our own uncached pages are entry 3.
 */
#define PAT_XEN		0x050100070406ULL

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
#define PF_P		1
#define PF_W		2
#define PF_U		4
#define PF_RSVD		8

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

#define PTE_P		0x001ULL
#define PTE_RW		0x002ULL
#define PTE_US		0x004ULL
#define PTE_PWT		0x008ULL
#define PTE_PCD		0x010ULL
#define PTE_A		0x020ULL
#define PTE_D		0x040ULL
#define PTE_PSE		0x080ULL
#define PTE_PAT		0x080ULL	/* in an L1 entry */
#define PTE_G		0x100ULL
#define PTE_NX		0x8000000000000000ULL
#define PTE_ADDR	0x000ffffffffff000ULL

enum {
	VEC_DE = 0, VEC_DB = 1, VEC_NMI = 2, VEC_BP = 3, VEC_OF = 4,
	VEC_BR = 5, VEC_UD = 6, VEC_NM = 7, VEC_DF = 8, VEC_TS = 10,
	VEC_NP = 11, VEC_SS = 12, VEC_GP = 13, VEC_PF = 14, VEC_MF = 16,
	VEC_AC = 17, VEC_MC = 18, VEC_XM = 19, VEC_CP = 21,
};

static inline void outb(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(uint16_t port, uint16_t v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(uint16_t port, uint32_t v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline uint16_t inw(uint16_t port)
{
	uint16_t v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t msr, uint64_t v)
{
	__asm__ volatile("wrmsr" : : "a"((uint32_t)v),
			 "d"((uint32_t)(v >> 32)), "c"(msr) : "memory");
}

static inline void xsetbv(uint32_t reg, uint64_t v)
{
	__asm__ volatile("xsetbv" : : "a"((uint32_t)v),
			 "d"((uint32_t)(v >> 32)), "c"(reg) : "memory");
}

static inline uint64_t rdtsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

static inline void cpuid(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]),
			 "=d"(r[3]) : "0"(leaf), "2"(sub));
}

#define CPU_CR_ACCESSORS(n)						\
static inline uint64_t read_cr##n(void)					\
{									\
	uint64_t v;							\
									\
	__asm__ volatile("mov %%cr" #n ", %0" : "=r"(v));		\
	return v;							\
}									\
									\
static inline void write_cr##n(uint64_t v)				\
{									\
	__asm__ volatile("mov %0, %%cr" #n : : "r"(v) : "memory");	\
}

CPU_CR_ACCESSORS(0)
CPU_CR_ACCESSORS(2)
CPU_CR_ACCESSORS(3)
CPU_CR_ACCESSORS(4)

static inline void invlpg(uint64_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline void swapgs(void)
{
	__asm__ volatile("swapgs" : : : "memory");
}

/* Let interrupts in, sleep until one has been served, shut them out again. */
static inline void cpu_wait(void)
{
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* Let pending interrupts in, once. */
static inline void cpu_poll(void)
{
	__asm__ volatile("sti; nop; cli" : : : "memory");
}

static inline int addr_canonical(uint64_t va)
{
	return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}

#endif
