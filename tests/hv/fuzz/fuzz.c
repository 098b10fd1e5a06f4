/*
 * A guest gone mad, repeatably: seeded random sequences of page table updates,
 * pins, descriptors, grants, while the test build's audit (hypercall 55)
 * recomputes every count.  All vCPUs play with the same frames at once; the
 * audit stops them.  Options: seed=N, ops=N of each vCPU, or seconds=N, and
 * alone=1: most of them such as need no lock.
 */
#include "tests/hv/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES	96		/* the frames it plays with */
#define AUDIT_EVERY 64
#define HV_TEST	__HYPERVISOR_arch_7

static uint8_t *play;		/* FRAMES pages, mapped in the first map */
static uint64_t state;
static struct grant_entry_v1 *grants;
static struct {
	uint32_t ref;
	bool write;
	uint64_t mfn;
} held[16];
static unsigned n_held;
uint8_t *fuzz_window, *fuzz_quiet;
unsigned fuzz_bad;

uint64_t fuzz_rnd(uint64_t n)
{
	return random64(&state) % n;
}

uint8_t *fuzz_page(void)
{
	return play + fuzz_rnd(FRAMES) * PAGE;
}

/* Frames that we live in: a store to a random one would be our end. */
static uint8_t vital[1 << 18];	/* bits: of a machine of 8 GiB */
static uint64_t machine = 1;	/* one past the last frame of ours */

static bool is_vital(uint64_t mfn)
{
	return mfn / 8 < sizeof(vital) && vital[mfn / 8] >> mfn % 8 & 1;
}

static uint64_t not_vital(uint64_t mfn)
{
	return is_vital(mfn) ? va_mfn(fuzz_page()) : mfn;
}

/* Mostly our own frames, sometimes what must never be mapped. */
static uint64_t any_mfn(void)
{
	switch (fuzz_rnd(24)) {
	case 0:
		return not_vital(fuzz_rnd(2) ? fuzz_rnd(1 << 16) :
				 fuzz_rnd(machine));
	case 1:
		return (uint64_t)hypercall(HV_TEST, 3, 0, 0, 0);
	case 2:
		return si->shared_info / PAGE;
	case 3:
		return va_mfn(fuzz_root);
	case 4:
		return not_vital(random64(&state) >> fuzz_rnd(64));
	case 5:		/* pages that the hypervisor writes to */
		return fuzz_rnd(2) ? si->store_mfn : si->console.domU.mfn;
	default:
		return va_mfn(fuzz_page());
	}
}

uint64_t fuzz_pte(void)
{
	uint64_t flags = P | A | D;

	if (fuzz_rnd(8) == 0)
		flags = random64(&state) & 0xfff0000000000fffUL;
	else if (fuzz_rnd(3) == 0)
		flags |= RW;
	if (fuzz_rnd(12) == 0)
		flags &= ~P;
	return (any_mfn() * PAGE & ~(0xfffUL << 52)) | flags;
}

static void fill(void *page)
{
	volatile uint64_t *p = page;

	for (unsigned i = 0; i < 4; i++)
		p[fuzz_rnd(fuzz_rnd(2) ? 512 : 4)] = fuzz_rnd(3) ?
			fuzz_pte() : 0;
}

/* Another vCPU may take the page away meanwhile. */
static void fill_page(void)
{
	uint8_t *p = fuzz_page();

	if (!protect(p, true))
		faults(fill, p);
}

static void clear_page(void)
{
	mmuext(MMUEXT_CLEAR_PAGE, va_mfn(fuzz_page()), 0);
}

static void store(void *arg)
{
	uint64_t v = fuzz_pte(), *p = arg;

	switch (fuzz_rnd(4)) {
	case 0:
		*(volatile uint64_t *)p = v;
		break;
	case 1:
		__asm__ volatile("xchg %0, %1" : "+r"(v), "+m"(*p));
		break;
	case 2:
		__asm__ volatile("lock andb $0xfd, %0" : "+m"(*p));
		break;
	default:
		*(volatile uint32_t *)p = (uint32_t)v;
	}
}

static void write_page(void)
{
	faults(store, fuzz_page() + fuzz_rnd(512) * 8);
}

/* Others must not change a root between our look at it and its use. */
static uint8_t *root_page(void)
{
	return fuzz_quiet ? fuzz_quiet + PAGE : fuzz_page();
}

/*
 * A root with our own map in it can be loaded.  The page is filled by the
 * guest, so it must be writable for a moment.
 */
static void make_root(void)
{
	uint64_t *p = (uint64_t *)root_page();

	if (fuzz_quiet)
		mmuext(MMUEXT_UNPIN_TABLE, va_mfn(p), 0);
	if (protect(p, true))
		return;
	memset(p, 0, PAGE);
	p[511] = fuzz_root[511];
	if (fuzz_rnd(2))
		p[fuzz_rnd(511)] = fuzz_pte();
	protect(p, false);
	mmuext(MMUEXT_PIN_L4_TABLE, va_mfn(p), 0);
}

/* Every other frame it plays with is from somewhere else in the machine. */
static void spread(void)
{
	uint64_t *p2m = (uint64_t *)si->mfn_list;
	uint64_t first = (UL(play) - UL(image)) / PAGE;
	uint64_t step = si->nr_pages / 2 / FRAMES;

	for (unsigned i = 0; i < FRAMES; i += 2) {
		uint64_t there = si->nr_pages - 1 - i * step;
		uint64_t mfn = p2m[there];

		p2m[there] = p2m[first + i];
		p2m[first + i] = mfn;
		set_va(play + i * PAGE, mfn * PAGE | P | RW | A | D | US);
		mmu_update(mfn * PAGE | MMU_MACHPHYS_UPDATE, first + i);
		mmu_update(p2m[there] * PAGE | MMU_MACHPHYS_UPDATE, there);
	}
}

static void find_vital(void)
{
	uint64_t first = (UL(play) - UL(image)) / PAGE, pfn, mfn;

	for (pfn = 0; pfn < si->nr_pages; pfn++) {
		mfn = pfn_mfn(pfn);
		if (mfn >= machine)
			machine = mfn + 1;
		if (pfn - first >= FRAMES && mfn / 8 < sizeof(vital) &&
		    mfn != va_mfn((void *)si->pt_base))
			vital[mfn / 8] |= (uint8_t)(1 << mfn % 8);
	}
}

/* Never the entry of the root that maps ourselves. */
static void update(void)
{
	uint64_t slot = fuzz_rnd(3) ? fuzz_rnd(8) : fuzz_rnd(511);
	uint64_t mfn = any_mfn();

	if (fuzz_rnd(8) == 0)
		slot = 256 + fuzz_rnd(16);
	if (is_vital(mfn))
		return;
	mmu_update((mfn * PAGE + slot * 8) |
		   (fuzz_rnd(6) ? 0 : fuzz_rnd(4)),
		   fuzz_rnd(4) ? fuzz_pte() : 0);
}

/* A table of our own map must not lose what we run on: only play pages. */
static void update_play(void)
{
	uint64_t slot = fuzz_rnd(3) ? fuzz_rnd(8) : fuzz_rnd(511);

	mmu_update(va_ma(fuzz_page()) + slot * 8, fuzz_rnd(4) ? fuzz_pte() : 0);
}

static void update_va(void)
{
	uint8_t *p = fuzz_page();

	if (fuzz_rnd(3))
		protect(p, fuzz_rnd(2));
	else
		hypercall(__HYPERVISOR_update_va_mapping, UL(p), fuzz_pte(),
			  fuzz_rnd(3), 0);
}

static void ext(void)
{
	static const uint8_t cmd[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_UNPIN_TABLE,
		MMUEXT_UNPIN_TABLE, MMUEXT_TLB_FLUSH_LOCAL,
		MMUEXT_INVLPG_LOCAL, MMUEXT_COPY_PAGE, MMUEXT_NEW_USER_BASEPTR,
		MMUEXT_SET_LDT, MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE,
	};
	unsigned c = cmd[fuzz_rnd(sizeof(cmd))];

	if (c == MMUEXT_NEW_USER_BASEPTR && fuzz_rnd(2))
		mmuext(c, 0, 0);
	else if (c == MMUEXT_SET_LDT)
		mmuext(c, UL(fuzz_page()), fuzz_rnd(9) * 512);
	else if (c == MMUEXT_UNPIN_TABLE || c == MMUEXT_COPY_PAGE)
		mmuext(c, va_mfn(fuzz_page()), any_mfn());
	else
		mmuext(c, any_mfn(), any_mfn());
}

static void new_root(void)
{
	uint64_t *p = (uint64_t *)root_page();
	uint64_t old = va_mfn(fuzz_root);
	volatile uint64_t *q = p;

	/* Only if it holds our map: else the next instruction is our last. */
	if ((pte_of(p) >> 12 & 0xffffffffff) == va_mfn(p) && pte_of(p) & P &&
	    (q[511] & ~0x7fUL) == (fuzz_root[511] & ~0x7fUL))
		mmuext(MMUEXT_NEW_BASEPTR, va_mfn(p), 0);
	if (fuzz_rnd(2))
		mmuext(MMUEXT_NEW_BASEPTR, old, 0);
}

static void touch_ldt(void *arg)
{
	uint32_t out;

	__asm__ volatile("lar %1, %0" : "=r"(out)
			 : "r"((uint32_t)(fuzz_rnd(8192) << 3 | 7)) : "cc");
}

static void descriptors(void)
{
	uint64_t mfn[2] = { any_mfn(), any_mfn() };

	switch (fuzz_rnd(3)) {
	case 0:
		hypercall(__HYPERVISOR_set_gdt, UL(mfn), fuzz_rnd(1024), 0, 0);
		break;
	case 1:
		hypercall(__HYPERVISOR_update_descriptor,
			  va_ma(fuzz_page()) + fuzz_rnd(512) * 8,
			  random64(&state), 0, 0);
		break;
	default:
		faults(touch_ldt, NULL);
	}
}

static void grant(void)
{
	uint32_t ref = (uint32_t)fuzz_rnd(16) + 8 + 16 * fuzz_me;
	bool write = fuzz_rnd(2);
	long r;

	grants[ref].frame = (uint32_t)any_mfn();
	grants[ref].domid = fuzz_rnd(8) ? 0 : (uint16_t)fuzz_rnd(65536);
	grants[ref].flags = (uint16_t)(fuzz_rnd(8) ? 1 | fuzz_rnd(2) * 4 :
				       fuzz_rnd(65536));
	r = hypercall(HV_TEST, 1, ref, write, 0);
	if (r < 0)
		return;
	if (n_held == 16) {
		hypercall(HV_TEST, 2, ref, write, UL(r));
		return;
	}
	held[n_held].ref = ref;
	held[n_held].write = write;
	held[n_held++].mfn = (uint64_t)r;
}

static void ungrant(void)
{
	unsigned i;

	if (!n_held)
		return;
	i = (unsigned)fuzz_rnd(n_held);
	hypercall(HV_TEST, 2, held[i].ref, held[i].write, held[i].mfn);
	held[i] = held[--n_held];
}

static void reservation(void)
{
	struct xen_memory_reservation r;
	uint64_t frame = fuzz_rnd(4) ? va_mfn(fuzz_page()) : any_mfn();
	uint64_t first = (UL(play) - UL(image)) / PAGE;
	uint64_t pfn = first + fuzz_rnd(FRAMES);

	memset(&r, 0, sizeof(r));
	set_xen_guest_handle(r.extent_start, &frame);
	r.nr_extents = 1;
	r.domid = DOMID_SELF;
	/* A frame that is mapped nowhere must come back at its old place. */
	if (hypercall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation,
		      UL(&r), 0, 0) != 1)
		return;
	for (unsigned i = 0; i < FRAMES; i++)
		if (va_mfn(play + i * PAGE) == frame)
			pfn = first + i;
	frame = pfn;
	if (hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, UL(&r),
		      0, 0) == 1)
		((uint64_t *)si->mfn_list)[pfn] = frame;
}

/* Often so little that tables are validated and released in many parts. */
static void budget(void)
{
	hypercall(HV_TEST, 4, fuzz_rnd(2) ? 64 + fuzz_rnd(600) : 10000, 0, 0);
}

void fuzz_took(uint64_t frame)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	uint64_t pfn, first = (UL(play) - UL(image)) / PAGE;

	if (frame >= machine)
		return;
	pfn = m2p[frame];
	if (pfn - first < FRAMES)
		((uint64_t *)si->mfn_list)[pfn] = frame;
}

uint8_t *fuzz_gone(void)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	unsigned i;

	for (i = 0; i < FRAMES; i++)
		if (m2p[va_mfn(play + i * PAGE)] == ~0UL)
			return play + i * PAGE;
	return fuzz_page();
}

/* vcpu_info in a page of the game: from then on it is that for good. */
static void register_info(void)
{
	struct vcpu_register_vcpu_info r = { va_mfn(fuzz_page()), 128, 0 };

	hypercall(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, fuzz_me,
		  UL(&r), 0);
}

static void (*const action[])(void) = {
	fill_page, fill_page, clear_page, write_page, write_page, make_root,
	update, update_play, update_play, update_va, update_va, update_va,
	ext, ext, ext, new_root, descriptors, grant, ungrant, reservation,
	budget, fuzz_multicall, fuzz_multicall, fuzz_multicall, fuzz_probe,
	fuzz_probe, register_info, fuzz_life, fuzz_alone, fuzz_alone,
};

static void (*const action_alone[])(void) = {
	fuzz_alone, fuzz_alone, fuzz_alone, fuzz_probe, fuzz_probe, write_page,
};

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *p = option(name);
	uint64_t v = 0;

	if (!p)
		return otherwise;
	for (; *p >= '0' && *p <= '9'; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	return v;
}

static void get_grants(void)
{
	static uint8_t at[4096] __attribute__((aligned(4096)));
	struct gnttab_setup_table s;
	xen_pfn_t frame;

	memset(&s, 0, sizeof(s));
	s.dom = DOMID_SELF;
	s.nr_frames = 1;
	set_xen_guest_handle(s.frame_list, &frame);
	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, UL(&s),
		  1, 0);
	set_va(at, frame * PAGE | P | RW | A | D | US);
	grants = (struct grant_entry_v1 *)at;
}

static uint64_t ops, seed, end, alone;

static void one(void)
{
	if (alone && fuzz_rnd(8))
		action_alone[fuzz_rnd(sizeof(action_alone) /
				      sizeof(action_alone[0]))]();
	else
		action[fuzz_rnd(sizeof(action) / sizeof(action[0]))]();
}

/* Mismatches in *PLAYED operations. */
static long fuzz(uint64_t *played)
{
	long bad = 0;
	uint64_t i;

	state = seed + ((uint64_t)fuzz_me << 32);
	for (i = 0; (end ? guest_now() < end : i < ops) && !bad && !fuzz_bad;
	     i++) {
		one();
		if (i % AUDIT_EVERY == 0)
			bad = hypercall(HV_TEST, 0, 0, 0, 0);
	}
	*played = i;
	return bad + fuzz_bad;
}

void guest_main(void)
{
	const volatile struct vcpu_time_info *time =
		&shared->vcpu_info[0].time;
	static struct vcpu_time_info clock;
	uint64_t seconds = number("seconds", 0), played;
	long bad;

	/* It may get to write to the page that has the time. */
	do
		clock = *time;
	while (clock.version != time->version);
	guest_time = &clock;

	ops = number("ops", 10000);
	seed = number("seed", 1);
	alone = number("alone", 0);
	play = pages(FRAMES);
	fuzz_window = pages(1);
	spread();
	find_vital();
	get_grants();
	fuzz_count_cpus();
	fuzz_make_stacks();
	end = seconds ? guest_now() + seconds * 1000000000UL : 0;
	bad = fuzz_start(fuzz);
	ok(!bad, "%u vCPUs: %ld", fuzz_cpus, bad);
	bad = fuzz(&played);
	bad += fuzz_join(&played);
	bad += hypercall(HV_TEST, 0, 0, 0, 0);
	for (unsigned k = 0; k < TALLY_KINDS; k++)
		if (tally[k].all)
			say("# request %u: %u of %u granted\n", k,
			    tally[k].good, tally[k].all);
	ok(!bad, "%lu random operations, seed %lu: %ld mismatches", played,
	   seed, bad);
	done();
}
