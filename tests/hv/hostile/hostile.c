/*
 * What a PV guest must not be able to do: each try expects a clean refusal.
 * Option die=NAME: tries that the domain does not survive (the machine does).
 */
#include "tests/hv/guest.h"

#include <string.h>

#include "tests/hv/hostile/hostile.h"

uint8_t *spare;		/* a page whose mapping is ours to change */

static void tables_not_writable(void)
{
	uint64_t *root = (uint64_t *)si->pt_base, e, mfn = va_mfn(root);
	int level;

	for (level = 4; level; level--) {
		ok(set_va(spare, mfn * PAGE | P | RW) < 0,
		   "an L%d table cannot be mapped writable", level);
		ok(!set_va(spare, mfn * PAGE | P),
		   "an L%d table can be read", level);
		e = ((volatile uint64_t *)spare)[level == 4 ? 511 :
						 level == 3 ? 510 : 0];
		mfn = e >> 12 & 0xffffffffff;
	}
	protect(spare, true);
}

static void write_to_spare(void *arg)
{
	*(volatile uint8_t *)spare = 0;
}

/* What is mapped there now: it has a number, by which it can be asked for. */
static void page_of_ones(void)
{
	uint64_t mfn = pte_of(spare) >> 12 & 0xffffffffff;
	struct mmu_update u = { pte_ma(spare), 0xfed80UL * PAGE | P | RW };

	ok(set_va(spare, mfn * PAGE | P | RW) < 0,
	   "not writable by its number");
	ok(hypercall(__HYPERVISOR_update_descriptor, mfn * PAGE, 0, 0, 0) < 0 &&
	   mmuext(MMUEXT_CLEAR_PAGE, mfn, 0) < 0 &&
	   mmu_update(mfn * PAGE, 0) < 0 &&
	   hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 512, 0, 0) < 0,
	   "nor by other means");
	ok(!hypercall(__HYPERVISOR_mmu_update, UL(&u), 1, 0, DOMID_IO) &&
	   (pte_of(spare) >> 12 & 0xffffffffff) == mfn, "by DOMID_IO");
	u.val = va_mfn(spare) * PAGE | P;
	ok(hypercall(__HYPERVISOR_mmu_update, UL(&u), 1, 0, DOMID_IO) < 0,
	   "but no memory by it");
}

static void frames_of_others(void)
{
	static const struct {
		uint64_t mfn;
		bool ram;
	} frame[] = {
		{ 0, true }, { 0x100, true }, { 0xa0, false },
		{ 0xfee00, false }, { 0xfec00, false }, { 0x7ffff, false },
		{ 1UL << 28, false }, { (1UL << 40) - 1, false },
	};
	unsigned i;

	for (i = 0; i < sizeof(frame) / sizeof(*frame); i++) {
		uint64_t mfn = frame[i].mfn;

		if (frame[i].ram)
			ok(set_va(spare, mfn * PAGE | P) < 0 &&
			   set_va(spare, mfn * PAGE | P | RW) < 0,
			   "frame %lx is not the guest's", mfn);
		else
			ok(!set_va(spare, mfn * PAGE | P | RW | 0x18) &&
			   ~*(uint64_t *)spare == 0 && ~spare[4095] == ~0xff &&
			   faults(write_to_spare, NULL),
			   "frame %lx is a device's: ones, read-only", mfn);
		ok(mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) < 0 &&
		   mmuext(MMUEXT_NEW_BASEPTR, mfn, 0) < 0 &&
		   mmuext(MMUEXT_CLEAR_PAGE, mfn, 0) < 0 &&
		   mmu_update(mfn * PAGE, 0) < 0 &&
		   mmu_update(mfn * PAGE | 1, 0) < 0,
		   "nor to pin, load, clear, update");
	}
	page_of_ones();
	protect(spare, true);
}

static void bad_entries(void)
{
	uint64_t l1 = va_mfn(spare) * PAGE;
	uint64_t *l2 = pages(1), *l4 = pages(1);

	ok(set_va(spare, l1 | P | RW | PSE) < 0, "no PAT bit in an L1 entry");
	ok(set_va(spare, l1 | P | 8) < 0 && set_va(spare, l1 | P | 16) < 0,
	   "no caching attributes");
	ok(set_va(spare, l1 | P | 1UL << 62) < 0, "not Xen's own bit");
	protect(l2, false);
	ok(!mmuext(MMUEXT_PIN_L2_TABLE, va_mfn(l2), 0), "an empty L2");
	ok(mmu_update(va_ma(l2), l1 | P | RW | PSE) < 0, "no superpage");
	ok(mmu_update(va_ma(l2), P | RW | PSE) < 0, "nor one at 0");
	ok(mmu_update(va_ma(l2), l1 | P | RW) < 0,
	   "a page mapped writable is no L1");
	l4[256] = l4[257] = l4[258] = l4[271] = l1 | P | RW;
	protect(l4, false);
	ok(!mmuext(MMUEXT_PIN_L4_TABLE, va_mfn(l4), 0),
	   "entries in the hole are ignored");
	ok(l4[256] != (l1 | P | RW) && l4[257] != (l1 | P | RW) &&
	   !l4[271], "and replaced");
	ok(mmu_update(va_ma(&l4[256]), 0) < 0 &&
	   mmu_update(va_ma(&l4[258]), l1 | P) < 0 &&
	   mmu_update(va_ma(&l4[271]), 0) < 0, "the hole cannot be updated");
}

static void linear_tables(void)
{
	uint64_t *a = pages(1), *b = pages(1), *c = pages(1);

	protect(a, false);
	protect(b, false);
	protect(c, false);
	mmuext(MMUEXT_PIN_L4_TABLE, va_mfn(a), 0);
	mmuext(MMUEXT_PIN_L4_TABLE, va_mfn(b), 0);
	mmuext(MMUEXT_PIN_L4_TABLE, va_mfn(c), 0);
	ok(!mmu_update(va_ma(a), va_ma(a) | P), "a read-only self map");
	ok(mmu_update(va_ma(a), va_ma(a) | P | RW) < 0,
	   "never made writable (XSA-182)");
	ok(mmu_update(va_ma(a), va_ma(a) | P | RW | A | D) < 0,
	   "not with other bits either");
	ok(!mmu_update(va_ma(&a[1]), va_ma(b) | P), "a link to another root");
	ok(mmu_update(va_ma(&b[1]), va_ma(c) | P) < 0,
	   "its target has no links of its own");
	ok(mmu_update(va_ma(&b[1]), va_ma(a) | P) < 0, "no circle");
	ok(!mmuext(MMUEXT_UNPIN_TABLE, va_mfn(b), 0) &&
	   protect(b, true) < 0, "a linked root stays a root");
	ok(!mmuext(MMUEXT_UNPIN_TABLE, va_mfn(a), 0) && !protect(a, true) &&
	   !protect(b, true), "until the link is gone");
}

static void pins(void)
{
	uint64_t *p = pages(1), mfn = va_mfn(p);

	ok(mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) < 0, "no pin while writable");
	protect(p, false);
	ok(mmuext(MMUEXT_UNPIN_TABLE, mfn, 0) < 0, "no unpin without a pin");
	ok(!mmuext(MMUEXT_PIN_L3_TABLE, mfn, 0), "pinned as an L3");
	ok(mmuext(MMUEXT_PIN_L3_TABLE, mfn, 0) < 0, "not twice");
	ok(mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) < 0 &&
	   mmuext(MMUEXT_PIN_L4_TABLE, mfn, 0) < 0, "not as anything else");
	ok(protect(p, true) < 0, "not writable while pinned");
	ok(mmuext(MMUEXT_CLEAR_PAGE, mfn, 0) < 0 &&
	   mmuext(MMUEXT_COPY_PAGE, mfn, va_mfn(spare)) < 0,
	   "not cleared, not copied to");
	ok(mmuext(MMUEXT_NEW_BASEPTR, mfn, 0) < 0 &&
	   mmuext(MMUEXT_NEW_USER_BASEPTR, mfn, 0) < 0, "no root");
	ok(!mmuext(MMUEXT_UNPIN_TABLE, mfn, 0) && !protect(p, true),
	   "free again");
	ok(mmuext(MMUEXT_PIN_L1_TABLE, si->shared_info / PAGE, 0) < 0 &&
	   mmuext(MMUEXT_PIN_L4_TABLE, si->shared_info / PAGE, 0) < 0,
	   "shared_info is no page table");
	ok(mmuext(MMUEXT_PIN_L1_TABLE, UL(-1), 0) < 0 &&
	   mmuext(MMUEXT_PIN_L1_TABLE, 1UL << 52, 0) < 0, "frames beyond all");
	ok(mmuext(MMUEXT_MARK_SUPER, mfn, 0) < 0 && mmuext(99, 0, 0) < 0,
	   "unknown commands");
}

static uint64_t store_value;

static void store(void *at)
{
	*(volatile uint64_t *)at = store_value;
}

static void exchange(void *at)
{
	__asm__ volatile("xchg %0, (%1)" : "+r"(store_value) : "r"(at)
			 : "memory");
}

static void store_byte(void *at)
{
	*(volatile uint8_t *)at = 0xff;
}

static void stores_to_tables(void)
{
	uint64_t *p = pages(1), *q = pages(1), good = va_mfn(q) * PAGE | P;

	protect(p, false);
	mmuext(MMUEXT_PIN_L1_TABLE, va_mfn(p), 0);
	store_value = good;
	ok(!faults(store, p) && p[0] == (good | US), "a good L1 store");
	store_value = good | RW;
	ok(!faults(exchange, p) && store_value == (good | US), "an exchange");
	store_value = va_mfn(p) * PAGE | P | RW;
	ok(faults(store, &p[1]) && fault_vector == 14 && !p[1],
	   "a writable map of itself is refused");
	store_value = 0x100000 | P;
	ok(faults(exchange, &p[1]) && fault_vector == 14 && !p[1],
	   "so is a frame of the hypervisor's");
	ok(faults(store_byte, &p[1]) && !p[1], "and a byte that makes one");
	store_value = 0;
	ok(faults(store, (void *)(UL(p) + 4)) || !p[1],
	   "a misaligned store does nothing");
	ok(faults(store, (void *)si->pt_base), "no store to an L4");
	protect(q, true);
	store_value = 0;
	faults(store, p);
	ok(!mmuext(MMUEXT_UNPIN_TABLE, va_mfn(p), 0) && !protect(p, true),
	   "all is given back");
}

static long set_descriptor(uint64_t *at, uint64_t desc)
{
	return hypercall(__HYPERVISOR_update_descriptor, va_ma(at), desc, 0,
			 0);
}

static void descriptors(void)
{
	static const struct {
		uint64_t desc;
		const char *what;
	} refused[] = {
		{ 0x0000890000000067, "an available TSS" },
		{ 0x00008b0000000067, "a busy TSS" },
		{ 0x0000820000000067, "an LDT" },
		{ 0x00008e0000080000, "an interrupt gate" },
		{ 0x00008f0000080000, "a trap gate" },
		{ 0x00008c00e0080000, "a call gate to the hypervisor" },
		{ 0x0000850000080000, "a task gate" },
	};
	uint64_t *g = pages(1), mfn;
	unsigned i;

	mfn = va_mfn(g);
	ok(hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 512, 0, 0) < 0,
	   "a writable page is no GDT");
	protect(g, false);
	ok(!hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 512, 0, 0), "a GDT");
	ok(protect(g, true) < 0, "stays read-only");
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		ok(set_descriptor(&g[1], refused[i].desc) < 0 && !g[1],
		   "no descriptor of %s", refused[i].what);
	ok(!set_descriptor(&g[1], 0x00af9b000000ffff) &&
	   (g[1] >> 45 & 3) == 3, "ring 0 code becomes ring 3 code");
	ok(set_descriptor((uint64_t *)(UL(g) + 1), 0) < 0, "aligned ones only");
	ok(hypercall(__HYPERVISOR_update_descriptor, 0x100000, 0, 0, 0) < 0,
	   "not in the hypervisor");
	ok(set_descriptor((uint64_t *)si->pt_base, 0) < 0,
	   "not in a page table");
	ok(hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 7169, 0, 0) < 0 &&
	   hypercall(__HYPERVISOR_set_gdt, UL(&mfn), ~0u, 0, 0) < 0,
	   "the hypervisor's descriptors cannot be covered");
	ok(!hypercall(__HYPERVISOR_set_gdt, 0, 0, 0, 0) && !protect(g, true),
	   "all is given back");
	g[0] = 0x0000890000000067;
	protect(g, false);
	ok(hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 512, 0, 0) < 0,
	   "a page that holds a TSS is no GDT");
	protect(g, true);
	ok(mmuext(MMUEXT_SET_LDT, UL(g), 8193) < 0 &&
	   mmuext(MMUEXT_SET_LDT, UL(g) + 8, 1) < 0 &&
	   mmuext(MMUEXT_SET_LDT, HOLE, 512) < 0, "bad LDTs");
}

static void load_ds(void *sel)
{
	__asm__ volatile("mov %0, %%ds" : : "r"((uint32_t)UL(sel)));
}

void hostile_touch_ldt(void *arg)
{
	uint32_t sel = 7;

	__asm__ volatile("mov %0, %%ds" : : "r"(sel));
	__asm__ volatile("mov %0, %%ds" : : "r"(0));
}

static void selectors(void)
{
	ok(faults(load_ds, (void *)0xe008) && faults(load_ds, (void *)0xe010),
	   "ring 0 selectors cannot be loaded");
	ok(faults(load_ds, (void *)0xe040), "nor a TSS");
	ok(faults(load_ds, (void *)0xf008), "nor what is beyond the table");
}

void guest_main(void)
{
	const char *die = option("die");

	spare = pages(1);
	if (die) {
		hostile_die(die);
		return;
	}
	tables_not_writable();
	frames_of_others();
	bad_entries();
	linear_tables();
	pins();
	stores_to_tables();
	descriptors();
	selectors();
	hostile_calls();
	hostile_stores();
	hostile_tlb();
	hostile_linear();
	hostile_kept();
	hostile_grants();
	hostile_cpu();
	hostile_kept_events();
	ok(!hypercall(__HYPERVISOR_arch_7, 0, 0, 0, 0), "the audit agrees");
	done();
}
