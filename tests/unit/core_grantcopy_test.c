/* Copies between a domain's own pages and grants, whole and in part. */
#include "tests/unit/unit.h"

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "tests/core/call.h"
#include "tests/core/play_domain.h"

#define PAGE(i)	(PLAY_FIRST + (i))
#define REF	9

static struct domain *d;

static int start(void **state)
{
	d = play_domain = play_start();
	play_vcpu = &d->vcpu[0];
	return 0;
}

static int copy(struct gnttab_copy op)
{
	assert_int_equal(call_grant(GNTTABOP_copy, &op, sizeof(op)), 0);
	return op.status;
}

static struct gnttab_copy_ptr page_end(unsigned page, uint16_t offset)
{
	return (struct gnttab_copy_ptr){
		.u.gmfn = play_mfn(page), .domid = DOMID_SELF, .offset = offset
	};
}

static struct gnttab_copy_ptr ref_end(uint16_t offset)
{
	return (struct gnttab_copy_ptr){
		.u.ref = REF, .domid = (domid_t)d->id, .offset = offset
	};
}

static void test_copy(void **state)
{
	uint8_t *from = core_frame(play_mfn(PAGE(0))),
		*to = core_frame(play_mfn(PAGE(1)));
	struct grant_entry_v1 *v1 = d->grants.frame[0];
	struct gnttab_copy op = {
		.source = ref_end(16), .dest = page_end(PAGE(1), 32), .len = 8,
		.flags = GNTCOPY_source_gref,
	};

	v1[REF] = (struct grant_entry_v1){
		GTF_permit_access | GTF_readonly, (domid_t)d->id,
		(uint32_t)play_mfn(PAGE(0))
	};
	memcpy(from + 16, "ABCDEFGH", 8);
	assert_int_equal(copy(op), 0);
	assert_memory_equal(to + 32, "ABCDEFGH", 8);
	assert_int_equal(v1[REF].flags, GTF_permit_access | GTF_readonly);
	op.source.offset = 4089;
	assert_int_equal(copy(op), GNTST_bad_copy_arg);
	op.source.offset = 0xffff;
	assert_int_equal(copy(op), GNTST_bad_copy_arg);
	op.source.offset = 4088;
	assert_int_equal(copy(op), 0);
	op.source.domid = 0;
	assert_int_equal(copy(op), GNTST_permission_denied);
	/* Not into what is read-only, a table, or not ours. */
	op = (struct gnttab_copy){
		.source = page_end(PAGE(1), 0), .dest = ref_end(0), .len = 8,
		.flags = GNTCOPY_dest_gref,
	};
	assert_int_equal(copy(op), GNTST_general_error);
	op.flags = 0;
	op.dest = page_end(3, 0);
	assert_int_equal(copy(op), GNTST_bad_page);
	op.dest.u.gmfn = 2;
	assert_int_equal(copy(op), GNTST_bad_page);
	op.dest.u.gmfn = ~0ULL;
	assert_int_equal(copy(op), GNTST_bad_page);
	op.dest = page_end(PAGE(1), 0);
	op.source.u.gmfn = 2;	/* the hypervisor's memory is not read either */
	assert_int_equal(copy(op), GNTST_bad_page);
	assert_int_equal(d->grants.in_use, 0);
}

/* Version 2: parts of pages, for copies only, and not a byte more. */
static void test_part(void **state)
{
	union grant_entry_v2 *v2 = d->grants.frame[0];
	struct gnttab_copy op = {
		.source = ref_end(100), .dest = page_end(PAGE(1), 0), .len = 8,
		.flags = GNTCOPY_source_gref,
	};

	assert_int_equal(grant_set_version(d, 2), 0);
	v2[REF].sub_page.page_off = 100;
	v2[REF].sub_page.length = 10;
	v2[REF].sub_page.frame = play_mfn(PAGE(0));
	v2[REF].hdr = (grant_entry_header_t){
		GTF_permit_access | GTF_sub_page, (domid_t)d->id
	};
	assert_int_equal(copy(op), 0);
	op.len = 11;
	assert_int_equal(copy(op), GNTST_general_error);
	op.len = 1;
	op.source.offset = 99;
	assert_int_equal(copy(op), GNTST_general_error);
	op.source.offset = 100;
	v2[REF].sub_page.length = 4000;
	assert_int_equal(copy(op), GNTST_general_error);
	v2[REF].hdr.flags = GTF_transitive;
	assert_int_equal(copy(op), GNTST_general_error);
	assert_int_equal(d->grants.status[0][REF], 0);
}

/* Lists are done in parts, and each operation once. */
static void test_list(void **state)
{
	struct gnttab_copy op[50];
	unsigned i;

	memset(op, 0, sizeof(op));
	for (i = 0; i < 50; i++) {
		op[i].source = page_end(PAGE(1), (uint16_t)i);
		op[i].dest = page_end(PAGE(1), (uint16_t)(i + 1));
		op[i].len = 1;
		op[i].status = 1;
	}
	*(uint8_t *)core_frame(play_mfn(PAGE(1))) = 0x5a;
	assert_true(play_put(PLAY_ARG, op, sizeof(op)));
	budget_size = 100;
	assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_copy,
			      PLAY_ARG, 50), 0);
	assert_true(call_parts > 5);
	assert_int_equal(((uint8_t *)core_frame(play_mfn(PAGE(1))))[50], 0x5a);
	for (i = 0; i < 50; i++)
		assert_int_equal(*(int16_t *)fakecpu_walk(
			play_vcpu, PLAY_ARG + i * sizeof(*op) +
			offsetof(struct gnttab_copy, status), false), 0);
	assert_int_equal(call(__HYPERVISOR_grant_table_op, GNTTABOP_copy,
			      PLAY_ARG, 1U << 31), -XEN_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_copy, start),
		cmocka_unit_test_setup(test_part, start),
		cmocka_unit_test_setup(test_list, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
