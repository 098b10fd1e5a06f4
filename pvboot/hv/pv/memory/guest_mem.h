/*
 * Guest memory by the guest's own addresses, as vCPU V itself could reach it at
 * this moment: by the tables of its mode, with their user and write bits.
 */
#ifndef PVBOOT_HV_PV_MEMORY_GUEST_MEM_H
#define PVBOOT_HV_PV_MEMORY_GUEST_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"

/* May the guest name this range as its own memory? */
static inline bool guest_range(uint64_t va, uint64_t len)
{
	uint64_t end;

	if (__builtin_add_overflow(va, len, &end))
		return false;
	return end <= 1ULL << 47 || va >= HV_HOLE_END;
}

/* false: -XEN_EFAULT; some of it may have been copied. */
bool guest_read(struct vcpu *v, void *to, uint64_t va, size_t len);
bool guest_write(struct vcpu *v, uint64_t va, const void *from, size_t len);
/* As its kernel, whatever mode it is in. */
bool guest_kernel_write(const struct vcpu *v, uint64_t va, const void *from,
			size_t len);

/* ---- by far the most: in one page, nothing to be marked on the way ---- */

static inline uint64_t guest_root(const struct vcpu *v)
{
	return v->pv.kernel_mode ? v->pv.kernel_root.mfn : v->pv.user_root.mfn;
}

/* guest_range() of what is within the page of VA. */
static inline bool guest_page(uint64_t va)
{
	return va >= HV_HOLE_END || va < 1ULL << 47;
}

/* What every entry on the way must have. */
static inline uint64_t guest_needs(bool write)
{
	return PTE_P | PTE_US | (write ? PTE_RW : 0);
}

/* From the table at *MA to what its entry for VA names; had it all of NEED? */
static inline bool guest_follow(uint64_t *ma, uint64_t va, int shift,
				uint64_t need)
{
	const uint64_t *t = core_ma(*ma);
	uint64_t e = __atomic_load_n(&t[va >> shift & 511], __ATOMIC_RELAXED);

	e ^= need;
	*ma = e & PTE_ADDR;
	return !(e & need);
}

/*
 * Where LEN bytes at VA are; NULL says nothing.  Also without the lock, for the
 * vCPU whose root it is: to be used at once, not behind a tlb_tick()
 * (frames.c).
 */
static inline __attribute__((always_inline)) void *
guest_at(uint64_t root, uint64_t va, size_t len, bool write)
{
	uint64_t ma = root << 12, need = guest_needs(write) | PTE_A;

	if ((va & (PAGE_SIZE - 1)) + len > PAGE_SIZE || !guest_page(va) ||
	    !ma || !guest_follow(&ma, va, 39, need) ||
	    !guest_follow(&ma, va, 30, need) ||
	    !guest_follow(&ma, va, 21, need) ||
	    !guest_follow(&ma, va, 12, write ? need | PTE_D : need))
		return NULL;
	return (uint8_t *)core_ma(ma) + (va & (PAGE_SIZE - 1));
}

/* guest_read() where much depends on it, of N words that are constant. */
static inline __attribute__((always_inline)) bool
guest_get(struct vcpu *v, void *to, uint64_t va, size_t n)
{
	const uint8_t *p = guest_at(guest_root(v), va, n * 8, false);
	uint64_t word;
	size_t i;

	if (!p)
		return guest_read(v, to, va, n * 8);
	for (i = 0; i < n; i++) {
		__builtin_memcpy(&word, p + i * 8, 8);
		/* Once: what is looked at from now on is the copy. */
		__asm__ volatile("" : "+r"(word));
		__builtin_memcpy((uint8_t *)to + i * 8, &word, 8);
	}
	return true;
}

#endif
