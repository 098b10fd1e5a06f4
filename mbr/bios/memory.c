/*
 * The memory map from INT 15h, our arena, and page tables for memory above
 * 4 GiB (start.S has mapped what is below).
 */
#include <stdbool.h>
#include <string.h>

#include "loader/base/err.h"
#include "mbr/bios/bios.h"

#define KIB 1024ull
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define PAGE_PRESENT 3ull	/* and writable */
#define PAGE_LARGE 0x83ull

extern uint64_t bios_pml4[512];

/* ACPI 6.4, 15.1: address range descriptor. */
struct e820 {
	uint64_t base, len;
	uint32_t type, attributes;
};

static int read_e820(struct memmap *map)
{
	struct e820 *e = (struct e820 *)BOUNCE_ADDR;
	struct bios_regs r = { 0 };
	int err = 0;

	for (unsigned i = 0; i < 1024 && !err; i++) {
		r = (struct bios_regs){ .eax = 0xe820, .ebx = r.ebx,
			.ecx = sizeof(*e), .edx = 0x534d4150, /* "SMAP" */
			.es = bios_seg(e), .edi = bios_off(e) };
		e->attributes = 1;
		bios_int(0x15, &r);
		if ((r.flags & BIOS_CARRY) || r.eax != 0x534d4150)
			break;
		/* ACPI 3: an entry without attribute bit 0 is to be ignored */
		if (r.ecx < 24 || (e->attributes & 1))
			err = memmap_add(map, e->base, e->base + e->len,
					 e->type);
		if (!r.ebx)
			break;
	}
	return err;
}

/* INT 15h AX=E801h, INT 12h: firmware without E820. */
static int read_e801(struct memmap *map)
{
	struct bios_regs r = { .eax = 0xe801 };
	struct bios_regs low = { 0 };
	int err;

	bios_int(0x12, &low);
	bios_int(0x15, &r);
	if (r.flags & BIOS_CARRY)
		return fail(ERR_NO_MEMORY, "the firmware tells no memory map");
	if (!(uint16_t)r.eax) {		/* the answer is in CX and DX then */
		r.eax = r.ecx;
		r.ebx = r.edx;
	}
	err = memmap_add(map, 0, (uint16_t)low.eax * KIB, MEM_RAM);
	if (!err)
		err = memmap_add(map, MIB, MIB + (uint16_t)r.eax * KIB,
				 MEM_RAM);
	if (!err)
		err = memmap_add(map, 16 * MIB, 16 * MIB +
				 (uint16_t)r.ebx * 64 * KIB, MEM_RAM);
	return err;
}

static bool has_1g_pages(void)
{
	uint32_t a = 0x80000001, b, c = 0, d;

	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return d & (1u << 26);
}

static uint64_t *table(struct arena *a, uint64_t *entry)
{
	void *t;

	if (*entry)
		return (uint64_t *)(*entry & ~0xfffull);
	t = arena_alloc_aligned(a, 4096, 4096);
	if (t)
		*entry = (uintptr_t)t | PAGE_PRESENT;
	return t;
}

/* Map the GiB at ADDR to itself. */
static int map_gib(struct arena *a, uint64_t addr, bool large)
{
	uint64_t *pdpt = table(a, &bios_pml4[addr >> 39 & 511]), *pd;
	uint64_t *entry;

	if (!pdpt)
		return ERR_NO_MEMORY;
	entry = &pdpt[addr >> 30 & 511];
	if (*entry)
		return 0;
	if (large) {
		*entry = addr | PAGE_LARGE;
		return 0;
	}
	pd = table(a, entry);
	if (!pd)
		return ERR_NO_MEMORY;
	for (unsigned i = 0; i < 512; i++)
		pd[i] = (addr + i * 2 * MIB) | PAGE_LARGE;
	return 0;
}

static int map_high(const struct memmap *map, struct arena *a)
{
	bool large = has_1g_pages();

	for (unsigned i = 0; i < map->n; i++) {
		const struct memrange *r = &map->r[i];
		uint64_t at = r->start & -GIB;

		if (r->type != MEM_RAM || r->end > 1ull << 47)
			continue;
		for (; at < r->end; at += GIB)
			if (at >= 4 * GIB && map_gib(a, at, large))
				return ERR_NO_MEMORY;
	}
	return 0;
}

void bios_map_second(uint64_t phys)
{
	static uint64_t pdpt[512] __attribute__((aligned(4096)));
	static uint64_t pd[512] __attribute__((aligned(4096)));

	pd[SECOND_ADDR >> 21 & 511] = phys | PAGE_LARGE;
	pdpt[SECOND_ADDR >> 30 & 511] = (uintptr_t)pd | PAGE_PRESENT;
	bios_pml4[SECOND_ADDR >> 39 & 511] = (uintptr_t)pdpt | PAGE_PRESENT;
}

/* An eighth of the memory below 4 GiB, at most 8 MiB, at its top. */
static int take_arena(struct memmap *map, struct arena *arena)
{
	uint64_t ram = 0, size, at;
	int err;

	for (unsigned i = 0; i < map->n && map->r[i].end <= 4 * GIB; i++)
		if (map->r[i].type == MEM_RAM)
			ram += map->r[i].end - map->r[i].start;
	size = (ram / 8 < 8 * MIB ? ram / 8 : 8 * MIB) & -4096ull;
	err = memmap_find_high(map, size, 4096, MIB, 4 * GIB, &at);
	if (err)
		return err;
	*arena = (struct arena){ .base = (uint8_t *)at, .size = size };
	return memmap_set(map, at, at + size, MEM_LOADER);
}

int bios_memory(struct memmap *map, struct arena *arena)
{
	int err = read_e820(map);

	if (!err && !map->n)
		err = read_e801(map);
	if (!err)
		err = memmap_set(map, 0, BSS_END, MEM_LOADER);
	if (!err)
		err = take_arena(map, arena);
	return err ? err : map_high(map, arena);
}
