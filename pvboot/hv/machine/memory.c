/*
 * The machine's memory: what the boot loader says of it (boot_*.c read that),
 * our own page tables, and the pages we keep.
 * Until load_tables() the tables of boot.S are in force: the first 4 GiB at 0
 * and in the direct map.
 */
#include "pvboot/hv/machine/memory.h"

#include <string.h>

#include "loader/abi/multiboot.h"
#include "loader/abi/multiboot2.h"
#include "pvboot/hv/machine/boot/boot.h"
#include "pvboot/hv/machine/boot/boot_efi.h"
#include "pvboot/hv/machine/boot/boot_multiboot.h"
#include "pvboot/hv/machine/boot/boot_multiboot2.h"
#include "pvboot/hv/machine/boot/boot_pvh.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"

/* Types of BIOS memory maps; Multiboot and PVH have the same (ACPI 6.5, 15). */
#define E820_RAM	1
#define E820_ACPI	3
#define E820_NVS	4

#define LOW_MEMORY	0x100000ULL	/* firmware's; left alone */
#define LOW_RAM		0xa0000ULL	/* what of it is RAM */
#define POOL_PAGES	768
#define BIG		0x200000ULL
#define PTE_TABLE	(PTE_P | PTE_RW | PTE_A | PTE_D)
#define PTE_DATA	(PTE_TABLE | PTE_NX)

struct boot_info boot_info;
uint64_t max_mfn, memory_ram_pages;
struct ranges_free memory_left;
uint64_t *memory_l4;

static char strings[8192];	/* command line and modules' */
static size_t strings_used;
static struct ranges found;
static uint8_t *pool;
static bool pool_used[POOL_PAGES];
static uint64_t mmio_next = HV_MMIO;

static const char *keep_string(uint64_t ma)
{
	const char *from = ma_va(ma);
	size_t n = ma ? strnlen(from, 4096) : 0;
	char *to = strings + strings_used;

	if (n >= sizeof(strings) - strings_used)
		panic("command lines are too long");
	memcpy(to, from, n);
	to[n] = 0;
	strings_used += n + 1;
	return to;
}

/* The highest free place below 4 GiB. */
static void *take(uint64_t size, uint64_t align)
{
	uint64_t at;

	size = (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	at = ranges_place(&memory_left, size, align, 1ULL << 32);
	if (!at)
		panic("the machine has too little memory");
	ranges_take(&memory_left, at, at + size);
	return memset(ma_va(at), 0, size);
}

void *memory_take(uint64_t size)
{
	return take(size, PAGE_SIZE);
}

void memory_found(enum memory_kind kind, uint64_t start, uint64_t end)
{
	ranges_found(&found, kind, start, end);
}

void memory_found_e820(uint32_t type, uint64_t start, uint64_t len)
{
	enum memory_kind kind = MEMORY_RESERVED;

	if (type == E820_RAM)
		kind = MEMORY_RAM;
	else if (type == E820_ACPI || type == E820_NVS)
		kind = MEMORY_ACPI;
	memory_found(kind, start, start + len);
}

void memory_found_cmdline(uint64_t string)
{
	boot_info.cmdline = keep_string(string);
}

void memory_found_module(uint64_t start, uint64_t end, uint64_t string)
{
	if (boot_info.n_modules == MODULES)
		panic("more than %d modules", MODULES);
	boot_info.module[boot_info.n_modules++] = (struct module){
		start, end, keep_string(string)
	};
}

bool memory_next(unsigned *i, enum memory_kind kind, struct ram *part)
{
	return ranges_next(&found, i, kind, 0, RANGES_END, part);
}

/* The next part of the RAM that is not the firmware's. */
static bool next_ram(unsigned *i, struct ram *part)
{
	return ranges_next(&found, i, MEMORY_RAM, LOW_MEMORY, RANGES_END, part);
}

/* Of [START, END), how much is RAM that guests may get? */
static uint64_t ram_in(uint64_t start, uint64_t end)
{
	return ranges_bytes(&found, MEMORY_RAM,
			    start > LOW_MEMORY ? start : LOW_MEMORY, end);
}

bool memory_is_ram(uint64_t ma)
{
	if (ma < LOW_MEMORY)
		return ma < LOW_RAM;
	return ranges_bytes(&found, MEMORY_RAM, ma, ma + PAGE_SIZE) ||
		ranges_bytes(&found, MEMORY_ACPI, ma, ma + PAGE_SIZE);
}

static bool in_ram(const struct module *m)
{
	return m->start <= m->end &&
		ram_in(m->start, m->end) == m->end - m->start;
}

/* Bytes of [START, END) that the firmware's map has a word about. */
static uint64_t told(uint64_t start, uint64_t end)
{
	uint64_t sum = 0;

	for (int kind = MEMORY_RAM; kind <= MEMORY_RESERVED; kind++)
		sum += ranges_bytes(&found, kind, start, end);
	return sum;
}

/*
 * A module that a loader put over what is not RAM (QEMU 10's over a microvm's
 * ACPI tables), in memory that boot.S has mapped: it gets a place of its own.
 */
static void move(struct module *m, unsigned i)
{
	uint64_t start = m->start, end = m->end;
	struct ram r;

	if (start > end || end >> 32 || told(start, end) != end - start)
		panic("module %u is not in RAM", i);
	m->start = va_ma(memory_take(end - start));
	m->end = m->start + end - start;
	memcpy(ma_va(m->start), ma_va(start), end - start);
	hv_log("module %u was in memory that is not RAM", i);
	start = (start + PAGE_SIZE - 1) & -PAGE_SIZE;
	for (i = 0; ranges_next(&found, &i, MEMORY_RAM,
				start > LOW_MEMORY ? start : LOW_MEMORY,
				end & -PAGE_SIZE, &r); )
		ranges_give(&memory_left, r.start, r.end);
}

/* All RAM is free but for us and the modules. */
static void share_out(void)
{
	struct module *m = boot_info.module;
	struct ram r;
	unsigned i;

	for (i = 0; next_ram(&i, &r); ) {
		memory_ram_pages += (r.end - r.start) >> 12;
		max_mfn = r.end >> 12;
		ranges_give(&memory_left, r.start, r.end);
	}
	if (!max_mfn)
		panic("no memory map from the boot loader");
	if (found.full)
		hv_log("more than %d ranges of memory: not all are used",
		       MEMMAP_MAX);
	ranges_take(&memory_left, va_ma(image_start), va_ma(image_end));
	for (i = 0; i < boot_info.n_modules; i++)
		ranges_take(&memory_left, m[i].start, m[i].end);
	for (i = 0; i < boot_info.n_modules; i++)
		if (!in_ram(&m[i]))
			move(&m[i], i);
}

uint64_t va_ma(const void *p)
{
	uint64_t va = (uint64_t)(uintptr_t)p;

	return va >= HV_IMAGE ? va - HV_IMAGE + boot_delta : va - HV_DIRECT;
}

static bool in_module(uint64_t ma)
{
	for (unsigned i = 0; i < boot_info.n_modules; i++)
		if (ma + PAGE_SIZE > boot_info.module[i].start &&
		    ma < boot_info.module[i].end)
			return true;
	return false;
}

/* Page 0 has the BIOS's vectors. */
uint64_t memory_low_page(void)
{
	uint64_t best = 0, at;
	struct ram r;

	for (unsigned i = 0;
	     ranges_next(&found, &i, MEMORY_RAM, 0, LOW_RAM, &r); )
		for (at = r.start; at < r.end; at += PAGE_SIZE)
			if (!in_module(at))
				best = at;
	return best;
}

static void *own_page(void)
{
	void *p = memory_alloc(1);

	if (!p)
		panic("no pages left for our own tables");
	return p;
}

/* The next table below entry E, made if it is not there. */
static uint64_t *table(uint64_t *e)
{
	if (!(*e & PTE_P))
		*e = va_ma(own_page()) | PTE_TABLE;
	return ma_va(*e & PTE_ADDR);
}

static uint64_t *l2_entry(uint64_t va)
{
	uint64_t *l3 = table(&memory_l4[va >> 39 & 511]);

	return &table(&l3[va >> 30 & 511])[va >> 21 & 511];
}

void memory_map(uint64_t va, uint64_t pte)
{
	table(l2_entry(va))[va >> 12 & 511] = pte;
	invlpg(va);
}

bool memory_mapped(uint64_t ma)
{
	return ma < RANGES_END && *l2_entry(HV_DIRECT + ma) & PTE_P;
}

void *memory_mmio(uint64_t ma, uint64_t len)
{
	uint64_t off = ma & (PAGE_SIZE - 1), va = mmio_next, at;

	for (at = ma - off; at < ma + len; at += PAGE_SIZE) {
		memory_map(mmio_next, at | PTE_DATA | PTE_PCD | PTE_PWT);
		mmio_next += PAGE_SIZE;
	}
	if (mmio_next > HV_MMIO + (256ULL << 20))
		panic("too much device memory to map");
	return (void *)(uintptr_t)(va + off);
}

static void map_image(const uint8_t *from, const uint8_t *to, uint64_t flags)
{
	for (; from < to; from += PAGE_SIZE)
		memory_map((uint64_t)(uintptr_t)from, va_ma(from) | flags);
}

/* An entry for SIZE bytes of ours, a page or a big one, all FILL. */
static uint64_t filled(uint64_t size, int fill)
{
	return va_ma(memset(take(size, size), fill, size)) | PTE_DATA | PTE_US;
}

/* The table below E: a page of it tells of STEP bytes, the first at MA. */
static void fill_table(uint64_t *e, uint64_t ma, uint64_t step, int fill,
		       const uint64_t *hole)
{
	uint64_t *t = table(e);

	*e |= PTE_US;
	for (unsigned i = 0; i < 512; i++, ma += step)
		t[i] = ram_in(ma, ma + step) ?
			filled(PAGE_SIZE, fill) : hole[i];
}

/*
 * A table at VA, the start of an L4 slot, with SIZE bytes for each frame up to
 * max_mfn, all FILL.  Below 4 GiB a hole of 1 GiB is usual; it shall not cost
 * what 1 GiB of RAM does: all pages of the table that are about holes are one,
 * read-only.  PTE_US is in all levels but the L4 entry.  BIG pages are for what
 * no guest sees: one level down their entries would say PTE_PAT.
 */
static void frame_table(uint64_t va, uint64_t size, int fill, bool big)
{
	uint64_t *l3 = table(&memory_l4[va >> 39 & 511]), *hole, off;
	uint64_t covers = BIG / size << 12;
	void *page = memset(own_page(), fill, PAGE_SIZE);

	hole = own_page();
	for (unsigned i = 0; i < 512; i++)
		hole[i] = va_ma(page) | PTE_P | PTE_US | PTE_A | PTE_NX;
	for (off = 0; off < max_mfn * size; off += BIG) {
		uint64_t *e = &table(&l3[off >> 30])[off >> 21 & 511];
		uint64_t ma = off / size << 12, has = ram_in(ma, ma + covers);

		l3[off >> 30] |= PTE_US;
		if (!has)
			*e = va_ma(hole) | PTE_TABLE | PTE_US;
		else if (big && has == covers)
			*e = filled(BIG, fill) | PTE_PSE;
		else
			fill_table(e, ma, covers / 512, fill, hole);
	}
}

void *memory_frame_table(uint64_t size)
{
	frame_table(HV_FRAMES, size, 0, true);
	return (void *)(uintptr_t)HV_FRAMES;
}

/* The M2P is the guest's to read: by an L4 entry that does not let it write. */
uint64_t *memory_m2p(uint64_t *l4e)
{
	frame_table(HV_M2P_OURS, 8, 0xff, false);
	*l4e = (memory_l4[HV_M2P_OURS >> 39 & 511] & PTE_ADDR) |
		PTE_P | PTE_US | PTE_A | PTE_NX;
	return (uint64_t *)(uintptr_t)HV_M2P_OURS;
}

/* All memory of KIND in the direct map. */
static void map_direct(enum memory_kind kind)
{
	struct ram r;

	for (unsigned i = 0; memory_next(&i, kind, &r); )
		for (r.start &= ~(BIG - 1); r.start < r.end; r.start += BIG)
			*l2_entry(HV_DIRECT + r.start) =
				r.start | PTE_DATA | PTE_PSE;
}

static void load_tables(void)
{
	memory_l4 = own_page();
	*l2_entry(HV_DIRECT) = PTE_DATA | PTE_PSE;	/* firmware's */
	map_direct(MEMORY_RAM);
	map_direct(MEMORY_ACPI);
	map_image(image_start, image_rodata, PTE_P | PTE_A);
	map_image(image_rodata, image_data, PTE_P | PTE_A | PTE_NX);
	map_image(image_data, image_end, PTE_DATA);
	table(&memory_l4[HV_GDT(0) >> 39 & 511]);
	write_cr3(va_ma(memory_l4));
}

void memory_init(uint32_t magic, uint32_t info)
{
	static const struct {
		uint32_t magic;
		void (*read)(uint32_t info);
	} loader[] = {
		{ MULTIBOOT_LOADER_MAGIC, boot_multiboot_read },
		{ MULTIBOOT2_LOADER_MAGIC, boot_multiboot2_read },
		{ BOOT_PVH_MAGIC, boot_pvh_read },
		{ BOOT_EFI_MAGIC, boot_efi_read },
	};
	unsigned i;

	boot_info.cmdline = "";
	for (i = 0; i < sizeof(loader) / sizeof(loader[0]); i++)
		if (loader[i].magic == magic)
			loader[i].read(info);
	share_out();
	pool = memory_take(POOL_PAGES * PAGE_SIZE);
	load_tables();
}

void *memory_alloc(unsigned n)
{
	unsigned i, run = 0;

	for (i = 0; i < POOL_PAGES; i++) {
		run = pool_used[i] ? 0 : run + 1;
		if (run < n)
			continue;
		memset(&pool_used[i + 1 - n], 1, n);
		return memset(pool + (i + 1 - n) * PAGE_SIZE, 0,
			      n * PAGE_SIZE);
	}
	return NULL;
}

void memory_free(void *p, unsigned n)
{
	memset(&pool_used[((uint8_t *)p - pool) / PAGE_SIZE], 0, n);
}
