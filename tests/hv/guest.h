/*
 * A small Xen PV guest for testing a hypervisor: start, hypercalls, printing.
 * guest_main() returns to power-off; its first output lines are TAP.
 */
#ifndef TESTS_HV_GUEST_H
#define TESTS_HV_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040d00
#include <xen/xen.h>
#include <xen/callback.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define PAGE	4096UL
#define P	0x001UL
#define RW	0x002UL
#define US	0x004UL
#define A	0x020UL
#define D	0x040UL
#define PSE	0x080UL
#define NX	(1UL << 63)
#define HOLE	0xffff800000000000UL
#define HOLE_END 0xffff880000000000UL

extern start_info_t *si;
extern char image[];		/* VA of pfn 0 */
extern shared_info_t *shared;	/* mapped by guest_start() */

void guest_main(void);

static inline long hypercall(unsigned long nr, unsigned long a,
			     unsigned long b, unsigned long c, unsigned long d)
{
	register unsigned long r10 __asm__("r10") = d;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret), "+D"(a), "+S"(b), "+d"(c),
			 "+r"(r10) : "0"(nr) : "rcx", "r11", "memory");
	return ret;
}

#define UL(x) ((unsigned long)(x))

static inline uint64_t pfn_mfn(uint64_t pfn)
{
	return ((uint64_t *)si->mfn_list)[pfn];
}

/* Of memory in the guest's first map. */
static inline uint64_t va_mfn(const void *p)
{
	return pfn_mfn((UL(p) - UL(image)) / PAGE);
}

static inline uint64_t va_ma(const void *p)
{
	return va_mfn(p) * PAGE + (UL(p) & (PAGE - 1));
}

/* Requests by MMUEXT_ command, mmu_update, update_va_mapping. */
enum { TALLY_UPDATE = 21, TALLY_VA, TALLY_KINDS };
extern struct tally {
	unsigned all, good;
} tally[TALLY_KINDS];

long mmu_update(uint64_t ptr, uint64_t val);
long mmuext(unsigned cmd, uint64_t arg1, uint64_t arg2);
/* The L1 entry for VA, with an INVLPG. */
long set_va(const void *va, uint64_t pte);
/* Its machine address, and what it is; 0 when there is none. */
uint64_t pte_ma(const void *va);
uint64_t pte_of(const void *va);
/* A table of the first map by its frame: it lies in that map, too. */
uint64_t *table_va(uint64_t mfn);
/* Make a page of the image read-only or writable. */
long protect(const void *va, bool writable);

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One TAP line. */
void ok(bool pass, const char *name, ...)
	__attribute__((format(printf, 2, 3)));
void done(void);		/* the plan */
/* The word after NAME= on the command line, or NULL. */
const char *option(const char *name);
_Noreturn void shut_down(unsigned reason);

/*
 * Run FN(ARG); true when it was ended by an exception, then in
 * fault_vector and fault_error.
 */
bool faults(void (*fn)(void *), void *arg);
extern unsigned long fault_vector, fault_error, fault_cr2, fault_rip;

/*
 * N whole pages, zeroed, mapped writable, all by one L1 table, which maps
 * nothing of the image.
 */
void *pages(unsigned n);

/* Xen's system time in ns. */
uint64_t guest_now(void);
/* By what it goes, if not by the shared page. */
extern const volatile struct vcpu_time_info *guest_time;
/* A millisecond, or until the store has something for us. */
void rest(void);

uint64_t random64(uint64_t *state);

#endif
