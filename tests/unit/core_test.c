/*
 * The hypervisor's core, step by step: tables that are validated and released
 * in parts, pages that are kept, old translations, links, stores.  What random
 * operations do with it is core_fuzz's business.
 */
#include "tests/unit/unit.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/ro_page_fault.h"
#include "pvboot/hv/pv/memory/tlb.h"
#include "pvboot/hv/test/audit.h"
#include "tests/core/call.h"
#include "tests/core/play_domain.h"

#include <xen/memory.h>

#define RO	CALL_RO
#define RW	CALL_RW
#define PAGE(i)	(PLAY_FIRST + (i))

static struct domain *d;
static struct vcpu *v;

static int start(void **state)
{
	d = play_domain = play_start();
	v = play_vcpu = &d->vcpu[0];
	return 0;
}

/* Page TABLE full of entries for page TO, and mapped read-only. */
static void fill(unsigned table, unsigned to, uint64_t flags)
{
	uint64_t *t = core_frame(play_mfn(table));
	unsigned i;

	for (i = 0; i < 512; i++)
		t[i] = play_mfn(to) << 12 | flags;
	assert_int_equal(call_map(table, RO), 0);
}

static void test_parts(void **state)
{
	const struct frame *f = &frames[play_mfn(PAGE(1))];

	fill(PAGE(0), PAGE(9), RO);
	fill(PAGE(1), PAGE(0), RW);
	budget_size = 100;
	assert_int_equal(call_ext(MMUEXT_PIN_L2_TABLE, PAGE(1)), 0);
	assert_true(call_parts > 10);
	assert_true(frame_is_table(f));
	assert_int_equal(frames[play_mfn(PAGE(0))].tcount, 512);
	assert_int_equal(call_ext(MMUEXT_UNPIN_TABLE, PAGE(1)), 0);
	assert_true(f->done > 0 && !f->tcount);
	/* What is half released does not stand in the way. */
	assert_int_equal(call_map(PAGE(0), RW), 0);
	assert_true(call_parts > 10);
	assert_int_equal(f->done, 0);
	assert_int_equal(frames[play_mfn(PAGE(9))].count, 1);
}

/* Tables without an entry cost their look, too: many are not one's share. */
static void test_empty_tables(void **state)
{
	uint64_t *t = core_frame(play_mfn(PAGE(0)));
	unsigned i;

	for (i = 0; i < 20; i++) {
		t[i] = play_mfn(PAGE(1 + i)) << 12 | RW;
		assert_int_equal(call_map(PAGE(1 + i), RO), 0);
	}
	assert_int_equal(call_map(PAGE(0), RO), 0);
	assert_int_equal(call_ext(MMUEXT_PIN_L2_TABLE, PAGE(0)), 0);
	budget_size = 40;
	assert_int_equal(call_ext(MMUEXT_UNPIN_TABLE, PAGE(0)), 0);
	while (call_part(__HYPERVISOR_update_va_mapping, play_va(PAGE(30)), 0,
			 UVMF_NONE) == -XEN_ERESTART)
		assert_true(budget_left > -100);
	assert_true(budget_left > -100);
	assert_int_equal(frames[play_mfn(PAGE(20))].done, 0);
}

static void test_given_up(void **state)
{
	const struct frame *f = &frames[play_mfn(PAGE(0))];
	struct mmuext_op op;

	fill(PAGE(0), PAGE(9), RO);
	budget_size = 100;
	call_ask(&op, MMUEXT_PIN_L1_TABLE, play_mfn(PAGE(0)));
	assert_int_equal(call_part(__HYPERVISOR_mmuext_op, PLAY_ARG, 1, 0),
			 -XEN_ERESTART);
	assert_true(f->done > 0 && f->done < 512);
	/* Another use of it unwinds what was counted. */
	budget_size = 10000;
	assert_int_equal(call_map(PAGE(0), RW), 0);
	assert_int_equal(f->done, 0);
	assert_int_equal(frames[play_mfn(PAGE(9))].count, 1);
}

static void test_bad_entry(void **state)
{
	uint64_t *t = core_frame(play_mfn(PAGE(0)));

	fill(PAGE(0), PAGE(9), RO);
	t[500] = play_mfn(0) << 12 | RW;	/* the root, writable */
	assert_true(call_ext(MMUEXT_PIN_L1_TABLE, PAGE(0)) < 0);
	assert_int_equal(call_map(PAGE(0), RW), 0);
	assert_int_equal(frames[play_mfn(PAGE(9))].count, 1);
}

static void test_kept(void **state)
{
	unsigned ring[] = { PLAY_CONSOLE, PLAY_STORE }, i, cmd;

	for (i = 0; i < 2; i++) {
		assert_int_equal(call_map(ring[i], RO), 0);
		for (cmd = MMUEXT_PIN_L1_TABLE; cmd <= MMUEXT_PIN_L4_TABLE;
		     cmd++)
			assert_true(call_ext(cmd, ring[i]) < 0);
		assert_int_equal(call_map(ring[i], 0), 0);
		assert_true(frame_return(d, play_mfn(ring[i])) < 0);
	}
}

static void test_old_translations(void **state)
{
	unsigned i;
	bool present;

	for (i = 0; i < PLAY_STARTED; i++)
		assert_non_null(fakecpu_access(&d->vcpu[i], play_va(PAGE(0)),
					       true, &present));
	assert_int_equal(call_map(PAGE(0), 0), 0);
	assert_non_null(fakecpu_access(&d->vcpu[2], play_va(PAGE(0)), true,
				       &present));
	assert_int_equal(frame_return(d, play_mfn(PAGE(0))), 0);
	for (i = 0; i < PLAY_STARTED; i++)
		assert_null(fakecpu_access(&d->vcpu[i], play_va(PAGE(0)),
					   true, &present));
}

static uint64_t linear(uint64_t b, uint64_t c, uint64_t e)
{
	return 5ULL << 39 | b << 30 | c << 21 | e << 12;
}

static void test_links(void **state)
{
	uint64_t root = play_mfn(0), word;
	struct mmu_update u = { root << 12 | 5 << 3, root << 12 | RO };

	assert_true(play_put(PLAY_ARG, &u, sizeof(u)));
	assert_int_equal(call(__HYPERVISOR_mmu_update, PLAY_ARG, 1, 0), 0);
	assert_true(guest_read(v, &word, linear(5, 5, 5) + 5 * 8, 8));
	assert_int_equal(word >> 12, root);
	assert_false(guest_write(v, linear(5, 5, 5) + 5 * 8, &word, 8));
	assert_false(guest_read(v, &word, linear(257, 0, 3), 8));
	assert_false(guest_read(v, &word, linear(5, 257, 0), 8));
	u.val |= PTE_RW;
	assert_true(play_put(PLAY_ARG, &u, sizeof(u)));
	assert_true(call(__HYPERVISOR_mmu_update, PLAY_ARG, 1, 0) < 0);
}

/*
 * A table is there only for a half validated one above it, and one of its
 * entries is to be just that: as a table, for which it lets the first one go.
 */
static void let_go(unsigned pin, uint64_t flags)
{
	const uint64_t lower = play_mfn(PAGE(0)), upper = play_mfn(PAGE(1));
	uint64_t *t = core_frame(upper);
	struct mmu_update u = { lower << 12 | 4 << 3, upper << 12 | flags };
	struct mmuext_op op;

	t[0] = t[511] = lower << 12 | RW;
	assert_int_equal(call_map(PAGE(0), RO), 0);
	assert_int_equal(call_map(PAGE(1), RO), 0);
	call_ask(&op, pin, upper);
	budget_size = 50;
	while (!frame_is_table(&frames[lower]))
		assert_int_equal(call_part(__HYPERVISOR_mmuext_op, PLAY_ARG, 1,
					   0), -XEN_ERESTART);
	budget_size = 10000;
	assert_true(play_put(PLAY_ARG, &u, sizeof(u)));
	assert_int_equal(call(__HYPERVISOR_mmu_update, PLAY_ARG, 1, 0),
			 -XEN_EINVAL);
	assert_int_equal(((uint64_t *)core_frame(lower))[4], 0);
	assert_int_equal(frames[upper].tcount, 0);
}

static void test_let_go(void **state)
{
	let_go(MMUEXT_PIN_L3_TABLE, RO);
	assert_int_equal(frames[play_mfn(PAGE(0))].done, 0);
}

static void test_let_go_to_write(void **state)
{
	let_go(MMUEXT_PIN_L2_TABLE, RW);
	assert_int_equal(frames[play_mfn(PAGE(0))].done, 0);
}

/* It becomes one again meanwhile, two levels lower. */
static void test_let_go_for_less(void **state)
{
	let_go(MMUEXT_PIN_L4_TABLE, RO);
}

static void test_let_go_for_less_to_write(void **state)
{
	let_go(MMUEXT_PIN_L4_TABLE, RW);
}

/* The flush clock turns: late is as good, and only then do all flush. */
static void test_turn(void **state)
{
	uint32_t was;

	tlb_flush_all(d);
	was = v->tlb_time;
	tlb_clock += TLB_HALF_TURN - 100;
	assert_false(tlb_turns());
	tlb_flushed(v, was);
	tlb_turn(d);
	assert_int_equal(v->tlb_time, was);
	tlb_clock += 200;
	assert_true(tlb_turns());
	tlb_turn(d);
	assert_false(tlb_turns());
	assert_int_not_equal(v->tlb_time, was);
}

static bool store(uint64_t va, uint64_t fault)
{
	static const uint8_t mov[] = { 0x48, 0x89, 0x07 };

	assert_true(play_put(play_va(PLAY_CODE), mov, sizeof(mov)));
	v->regs.rip = play_va(PLAY_CODE);
	v->regs.rdi = va;
	v->regs.rax = 0x1111111022222220;
	budget_start();
	return ro_page_fault(v, fault) &&
		v->regs.rip == play_va(PLAY_CODE) + 3;
}

static void test_stores(void **state)
{
	uint64_t *t = core_frame(play_mfn(PAGE(1)));

	assert_int_equal(call_map(PAGE(1), RO), 0);
	assert_int_equal(call_ext(MMUEXT_PIN_L1_TABLE, PAGE(1)), 0);
	assert_true(store(play_va(PAGE(1)) + 16, play_va(PAGE(1)) + 16));
	assert_int_equal(t[2], 0x1111111022222220);
	assert_false(store(play_va(PAGE(1)) - 4, play_va(PAGE(1))));
	assert_false(store(play_va(PAGE(1)) + 28, play_va(PAGE(1)) + 28));
	assert_int_equal(t[0] | t[3] | t[4], 0);
	assert_int_equal(audit_domain(d), 0);
}

/* Device memory: ones, for reading; on every way into a table. */
static void test_ones(void **state)
{
	static const uint64_t mfn[] = {
		FAKE_FRAMES, 0xfed80, (1ULL << 40) - 1
	};
	uint64_t *t = core_frame(play_mfn(PAGE(0))), e;
	unsigned i;
	bool present;

	for (i = 0; i < sizeof(mfn) / sizeof(*mfn); i++) {
		assert_int_equal(call(__HYPERVISOR_update_va_mapping,
				      play_va(PAGE(1)), mfn[i] << 12 | RW |
				      PTE_PCD | PTE_PWT, UVMF_INVLPG), 0);
		assert_int_equal(*fakecpu_access(v, play_va(PAGE(1)) + 77,
						 false, &present), 0xff);
		assert_null(fakecpu_access(v, play_va(PAGE(1)), true,
					   &present));
	}
	e = ((uint64_t *)core_frame(play_mfn(3)))[PAGE(1)];
	assert_int_equal((e & PTE_ADDR) >> 12, d->ones);
	assert_true(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			 d->ones << 12 | RW, 0) < 0);
	assert_true(call(__HYPERVISOR_update_descriptor, d->ones << 12, 0, 0)
		    < 0);
	/* The hypervisor's memory is none of a device's. */
	assert_true(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			 2ULL << 12 | RO, 0) < 0);
	/* In a table that is only about to be one. */
	t[5] = 0xfed80ULL << 12 | RW | PTE_PCD;
	assert_int_equal(call_map(PAGE(0), RO), 0);
	assert_int_equal(call_ext(MMUEXT_PIN_L1_TABLE, PAGE(0)), 0);
	assert_int_equal((t[5] & PTE_ADDR) >> 12, d->ones);
	assert_false(t[5] & (PTE_RW | PTE_PCD));
	t = core_frame(d->ones);
	assert_int_equal(t[511], ~0ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_parts, start),
		cmocka_unit_test_setup(test_empty_tables, start),
		cmocka_unit_test_setup(test_given_up, start),
		cmocka_unit_test_setup(test_bad_entry, start),
		cmocka_unit_test_setup(test_kept, start),
		cmocka_unit_test_setup(test_old_translations, start),
		cmocka_unit_test_setup(test_links, start),
		cmocka_unit_test_setup(test_let_go, start),
		cmocka_unit_test_setup(test_let_go_to_write, start),
		cmocka_unit_test_setup(test_let_go_for_less, start),
		cmocka_unit_test_setup(test_let_go_for_less_to_write, start),
		cmocka_unit_test_setup(test_turn, start),
		cmocka_unit_test_setup(test_stores, start),
		cmocka_unit_test_setup(test_ones, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
