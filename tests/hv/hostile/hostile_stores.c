/*
 * Part of hostile.elf: stores into a read-only L1 table by every way of naming
 * an operand, and stores that only begin or end there.  What crosses the
 * table's border (or an entry's) must fault, and change nothing on either side.
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

#define VALUE	0x1111111022222220UL	/* not present, whatever part of it */

static void mov8(void *p)
{
	*(volatile uint64_t *)p = VALUE;
}

static void mov4(void *p)
{
	*(volatile uint32_t *)p = (uint32_t)VALUE;
}

static void mov2(void *p)
{
	*(volatile uint16_t *)p = (uint16_t)VALUE;
}

static void imm8(void *p)
{
	__asm__ volatile("movq $0x22222220, (%0)" : : "r"(p) : "memory");
}

static void xchg8(void *p)
{
	uint64_t v = VALUE;

	__asm__ volatile("xchg %0, (%1)" : "+r"(v) : "r"(p) : "memory");
}

static void cmpxchg8(void *p)
{
	__asm__ volatile("lock cmpxchg %1, (%2)" : : "a"(0UL), "r"(VALUE),
			 "r"(p) : "memory");
}

static void xadd4(void *p)
{
	uint32_t v = 0x22222220;

	__asm__ volatile("lock xadd %0, (%1)" : "+r"(v) : "r"(p) : "memory");
}

static void bts8(void *p)
{
	__asm__ volatile("btsq $63, (%0)" : : "r"(p) : "memory");
}

static const struct {
	void (*fn)(void *);
	unsigned size;
} store[] = {
	{ mov8, 8 }, { mov4, 4 }, { mov2, 2 }, { imm8, 8 }, { xchg8, 8 },
	{ cmpxchg8, 8 }, { xadd4, 4 }, { bts8, 8 },
};

#define STORES	(sizeof(store) / sizeof(*store))

static uint8_t *before, *table, *behind;

static bool zero(const uint8_t *p)
{
	unsigned i;

	for (i = 0; i < PAGE; i++)
		if (((const volatile uint8_t *)p)[i])
			return false;
	return true;
}

/* How many stores across the border at P did something. */
static unsigned across(uint8_t *p)
{
	unsigned i, k, bad = 0;

	for (i = 0; i < STORES; i++)
		for (k = 1; k < store[i].size; k++)
			bad += !faults(store[i].fn, p - k) ||
				fault_vector != 14 || !zero(before) ||
				!zero(table) || !zero(behind);
	return bad;
}

/* The operand's address in many ways: each must hit entry 5 alone. */
static void by_index(void *p)
{
	__asm__ volatile("mov %0, -8(%1, %2, 8)" : : "r"(VALUE),
			 "r"(p), "r"(1UL) : "memory");
}

static void by_far_displacement(void *p)
{
	__asm__ volatile("mov %0, 0x1000(%1)" : : "r"(VALUE),
			 "r"((uint8_t *)p - 0x1000) : "memory");
}

static void by_r13(void *p)
{
	__asm__ volatile("mov %0, %%r13; mov %1, (%%r13)" : : "r"(p),
			 "r"(VALUE) : "r13", "memory");
}

static void by_r12(void *p)
{
	__asm__ volatile("mov %0, %%r12; mov %1, (%%r12)" : : "r"(p),
			 "r"(VALUE) : "r12", "memory");
}

static void by_index_alone(void *p)
{
	__asm__ volatile("mov %0, 8(, %1, 4)" : : "r"(VALUE),
			 "r"((UL(p) - 8) / 4 | 3UL << 62) : "memory");
}

static void by_fs(void *p)
{
	__asm__ volatile("mov %0, %%fs:16" : : "r"(VALUE) : "memory");
}

static void (*const form[])(void *) = {
	by_index, by_far_displacement, by_r13, by_r12, by_index_alone, by_fs,
};

void hostile_stores(void)
{
	unsigned i, bad = 0;
	uint64_t *e;

	before = pages(3);
	table = before + PAGE;
	behind = table + PAGE;
	e = (uint64_t *)table;
	protect(table, false);
	ok(!mmuext(MMUEXT_PIN_L1_TABLE, va_mfn(table), 0), "an L1 table");
	ok(!across(table), "no store that begins before it");
	ok(!across(behind), "nor one that ends behind it");
	ok(!across(table + 8) && !across(table + 2048), "nor two entries");
	hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS, UL(&e[5]) - 16, 0,
		  0);
	for (i = 0; i < sizeof(form) / sizeof(*form); i++) {
		bad += faults(form[i], &e[5]) ||
			*(volatile uint64_t *)&e[5] != VALUE;
		mmu_update(va_ma(&e[5]), 0);
		bad += !zero(table) || !zero(before) || !zero(behind);
	}
	hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0, 0, 0);
	ok(!bad, "an operand is found however it is named");
	ok(!mmuext(MMUEXT_UNPIN_TABLE, va_mfn(table), 0) &&
	   !protect(table, true), "all is given back");
}
