/*
 * The guest's memory.  Each page is found by walking the guest's tables in
 * software: the processor would let us (ring 0) through entries that ring 3
 * may not use, and a read-only link from a root to itself puts our own entries
 * one level down among the guest's addresses.  Nothing is cached: what the walk
 * finds is what the counts of frames.c are about.  Relies on validated tables
 * (every present entry names a frame in the direct map, none is a superpage);
 * accessed and dirty bits are set as the processor does (Intel SDM volume 3,
 * 4.8), by locked operations, as it may do the same meanwhile.
 */
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <string.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/domain.h"

/*
 * From the table at *MA to what its entry for VA names.  False: the entry does
 * not have all bits of NEED; those of MARK it gets.
 */
static inline bool step(uint64_t *ma, uint64_t va, int shift, uint64_t need,
			uint64_t mark)
{
	uint64_t *at = core_ma(*ma | (va >> (shift - 3) & 0xff8));
	uint64_t e = __atomic_load_n(at, __ATOMIC_RELAXED);

	if ((e & (need | mark)) != (need | mark)) {
		if ((e & need) != need)
			return false;
		__atomic_fetch_or(at, mark, __ATOMIC_RELAXED);
	}
	*ma = e & PTE_ADDR;
	return true;
}

/* The byte at VA, or NULL when ROOT does not let the guest reach it so. */
static inline uint8_t *find(uint64_t root, uint64_t va, bool write)
{
	uint64_t ma = root << 12, need = guest_needs(write);

	if (!ma)	/* a vCPU that has not been started */
		return NULL;
	if (!step(&ma, va, 39, need, PTE_A) ||
	    !step(&ma, va, 30, need, PTE_A) ||
	    !step(&ma, va, 21, need, PTE_A) ||
	    !step(&ma, va, 12, need, write ? PTE_A | PTE_D : PTE_A))
		return NULL;
	return (uint8_t *)core_ma(ma) + (va & (PAGE_SIZE - 1));
}

/* How much of LEN bytes at VA lies in the first page. */
static size_t within_page(uint64_t va, size_t len)
{
	size_t n = PAGE_SIZE - (va & (PAGE_SIZE - 1));

	return n < len ? n : len;
}

/* What guest_at() says nothing about. */
static __attribute__((noinline)) bool
read_pages(uint64_t root, void *to, uint64_t va, size_t len)
{
	const uint8_t *p;
	size_t done, n;

	if (!guest_range(va, len))
		return false;
	for (done = 0; done < len; done += n) {
		n = within_page(va + done, len - done);
		p = find(root, va + done, false);
		if (!p)
			return false;
		memcpy((uint8_t *)to + done, p, n);
	}
	return true;
}

static __attribute__((noinline)) bool
write_pages(uint64_t root, uint64_t va, const void *from, size_t len)
{
	size_t done, n;
	uint8_t *p;

	if (!guest_range(va, len))
		return false;
	for (done = 0; done < len; done += n) {
		n = within_page(va + done, len - done);
		p = find(root, va + done, true);
		if (!p)
			return false;
		memcpy(p, (const uint8_t *)from + done, n);
	}
	return true;
}

__attribute__((hot)) bool
guest_read(struct vcpu *v, void *to, uint64_t va, size_t len)
{
	const void *p = guest_at(guest_root(v), va, len, false);

	if (!p)
		return read_pages(guest_root(v), to, va, len);
	memcpy(to, p, len);
	return true;
}

bool guest_write(struct vcpu *v, uint64_t va, const void *from, size_t len)
{
	void *p = guest_at(guest_root(v), va, len, true);

	if (!p)
		return write_pages(guest_root(v), va, from, len);
	memcpy(p, from, len);
	return true;
}

bool guest_kernel_write(const struct vcpu *v, uint64_t va, const void *from,
			size_t len)
{
	return write_pages(v->pv.kernel_root.mfn, va, from, len);
}
