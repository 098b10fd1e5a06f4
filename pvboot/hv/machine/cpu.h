/*
 * The processor's instructions that C has no words for.
 * Intel SDM volumes 2 and 3.
 */
#ifndef PVBOOT_HV_MACHINE_CPU_H
#define PVBOOT_HV_MACHINE_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/abi/x86.h"

/*
 * Xen's, which PV guests take as it is: WB WT UC- UC WC WP UC UC.  No guest
 * chooses by it; our own uncached pages are entry 3.
 */
#define PAT_XEN		0x050100070406ULL

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

/* Not before what stands before it is done, nor after what follows. */
static inline uint64_t rdtsc_ordered(void)
{
	uint64_t t;

	__asm__ volatile("lfence" : : : "memory");
	t = rdtsc();
	__asm__ volatile("lfence" : : : "memory");
	return t;
}

static inline void cpuid(uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	__asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]),
			 "=d"(r[3]) : "0"(leaf), "2"(sub));
}

/* Is it QEMU's emulation? */
static inline bool cpu_is_tcg(void)
{
	uint32_t r[4];

	cpuid(1, 0, r);
	if (!(r[2] & CPUID_1_ECX_HYPERVISOR))
		return false;
	cpuid(0x40000000, 0, r);
	return !__builtin_memcmp(&r[1], "TCGTCGTCGTCG", 12);
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

#endif
