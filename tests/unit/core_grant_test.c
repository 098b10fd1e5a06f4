/*
 * Grants that a domain maps for itself, and the ways in which hypervisors'
 * grant tables were broken: uses counted wrongly, entries of page tables taken
 * on trust, pages that stay visible over a change of version, error paths.
 */
#include "tests/unit/unit.h"

#include "loader/abi/x86.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "tests/core/call.h"
#include "tests/core/play_domain.h"

#define PAGE(i)	(PLAY_FIRST + (i))
#define REF	9
#define FLAGS_HOST	GNTMAP_host_map
#define FLAGS_RO	(GNTMAP_host_map | GNTMAP_readonly)

static struct domain *d;

static int start(void **state)
{
	d = play_domain = play_start();
	play_vcpu = &d->vcpu[0];
	return 0;
}

static struct grant_entry_v1 *v1(void)
{
	return d->grants.frame[0];
}

static union grant_entry_v2 *v2(void)
{
	return d->grants.frame[0];
}

/* Page PAGE is granted to ourselves as REF; it is mapped read-only. */
static void grant(unsigned page, uint16_t flags)
{
	assert_int_equal(call_map(page, CALL_RO), 0);
	v1()[REF] = (struct grant_entry_v1){
		GTF_permit_access | flags, (domid_t)d->id,
		(uint32_t)play_mfn(page)
	};
}

static int map_at(uint64_t host_addr, uint32_t flags, grant_handle_t *handle)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = host_addr, .flags = flags, .ref = REF,
		.dom = (domid_t)d->id,
	};

	assert_int_equal(call_grant(GNTTABOP_map_grant_ref, &op, sizeof(op)),
			 0);
	if (!op.status && flags & GNTMAP_device_map)
		assert_int_equal(op.dev_bus_addr >> 12, v1()[REF].frame);
	*handle = op.handle;
	return op.status;
}

static int unmap(grant_handle_t handle, uint64_t host, uint64_t dev)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = host, .dev_bus_addr = dev, .handle = handle
	};

	assert_int_equal(call_grant(GNTTABOP_unmap_grant_ref, &op, sizeof(op)),
			 0);
	return op.status;
}

static int replace(grant_handle_t handle, uint64_t host, uint64_t new)
{
	struct gnttab_unmap_and_replace op = {
		.host_addr = host, .new_addr = new, .handle = handle
	};

	assert_int_equal(call_grant(GNTTABOP_unmap_and_replace, &op,
				    sizeof(op)), 0);
	return op.status;
}

static int64_t version(unsigned n)
{
	gnttab_set_version_t s = { n };

	return call_grant(GNTTABOP_set_version, &s, sizeof(s));
}

static int64_t pin(unsigned page)
{
	int64_t err = call_ext(MMUEXT_PIN_L1_TABLE, page);

	return err ? err : call_ext(MMUEXT_UNPIN_TABLE, page);
}

static uint64_t entry_of(unsigned page)
{
	return ((uint64_t *)core_frame(play_mfn(3)))[page];
}

static void test_map(void **state)
{
	grant_handle_t h;
	bool present;

	grant(PAGE(0), 0);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	assert_int_equal(v1()[REF].flags, GTF_permit_access | GTF_reading |
			 GTF_writing);
	assert_int_equal((entry_of(PAGE(1)) & PTE_ADDR) >> 12,
			 play_mfn(PAGE(0)));
	assert_true(pin(PAGE(0)) < 0);
	assert_ptr_equal(fakecpu_access(play_vcpu, play_va(PAGE(1)), true,
					&present),
			 core_frame(play_mfn(PAGE(0))));
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_int_equal(entry_of(PAGE(1)), 0);
	assert_null(fakecpu_access(play_vcpu, play_va(PAGE(1)), true,
				   &present));
	assert_int_equal(v1()[REF].flags, GTF_permit_access);
	assert_int_equal(pin(PAGE(0)), 0);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), GNTST_bad_handle);
}

/* XSA-224: a mapping for both, ended in two steps, is two uses. */
static void test_device(void **state)
{
	uint64_t ma = play_mfn(PAGE(0)) << 12;
	grant_handle_t h;

	grant(PAGE(0), 0);
	assert_int_equal(map_at(play_va(PAGE(1)), GNTMAP_host_map |
				GNTMAP_device_map, &h), 0);
	assert_int_equal(frames[play_mfn(PAGE(0))].tcount, 3);
	assert_int_equal(unmap(h, 0, ma + 4096), GNTST_bad_dev_addr);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_true(pin(PAGE(0)) < 0);
	assert_int_equal(unmap(h, 0, ma), 0);
	assert_int_equal(pin(PAGE(0)), 0);
	assert_int_equal(unmap(h, 0, ma), GNTST_bad_handle);
	assert_int_equal(map_at(0, GNTMAP_device_map, &h), 0);
	assert_true(pin(PAGE(0)) < 0);
	assert_int_equal(unmap(h, 0, ma), 0);
}

/* XSA-234: what is at the address must be what the handle mapped. */
static void test_exchanged(void **state)
{
	grant_handle_t h;

	grant(PAGE(0), 0);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	assert_int_equal(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			      play_mfn(PAGE(0)) << 12 | CALL_RO, 0), 0);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), GNTST_general_error);
	assert_int_equal(unmap(h, play_va(PAGE(2)), 0), GNTST_general_error);
	assert_int_equal(unmap(h, 0x1000, 0), GNTST_general_error);
	assert_true(pin(PAGE(0)) < 0);
	assert_int_equal(replace(h, play_va(PAGE(1)), play_va(PAGE(2))),
			 GNTST_general_error);
	assert_int_equal(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			      play_mfn(PAGE(0)) << 12 | CALL_RW, 0), 0);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_int_equal(pin(PAGE(0)), 0);
}

static void test_replace(void **state)
{
	grant_handle_t h, other;

	grant(PAGE(0), 0);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	assert_int_equal(map_at(play_va(PAGE(2)), FLAGS_RO, &other), 0);
	/* The writable mapping goes to where the other was. */
	assert_int_equal(replace(other, play_va(PAGE(2)), play_va(PAGE(1))), 0);
	assert_int_equal(entry_of(PAGE(1)), 0);
	assert_true(entry_of(PAGE(2)) & PTE_RW);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), GNTST_general_error);
	assert_true(pin(PAGE(0)) < 0);
	assert_int_equal(unmap(h, play_va(PAGE(2)), 0), 0);
	assert_int_equal(pin(PAGE(0)), 0);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	assert_int_equal(replace(h, play_va(PAGE(1)), play_va(PAGE(1))), 0);
	assert_int_equal(entry_of(PAGE(1)), 0);
}

/* XSA-227: the entry that is named by its address. */
static void test_entry_address(void **state)
{
	uint64_t slot = play_mfn(3) << 12 | (uint64_t)PAGE(1) << 3;
	uint32_t flags = GNTMAP_host_map | GNTMAP_contains_pte;
	const uint64_t bad[] = {
		slot + 4, slot + 1, play_mfn(0) << 12, play_mfn(2) << 12,
		play_mfn(PAGE(5)) << 12, 0, 1 << 12, ~7ULL,
		core_mfn(d->shared) << 12,
	};
	grant_handle_t h;
	unsigned i;

	grant(PAGE(0), 0);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(map_at(bad[i], flags, &h),
				 GNTST_general_error);
	assert_int_equal(v1()[REF].flags, GTF_permit_access);
	assert_int_equal(map_at(slot, flags, &h), 0);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), GNTST_general_error);
	assert_int_equal(unmap(h, slot, 0), 0);
	assert_int_equal(pin(PAGE(0)), 0);
}

/* XSA-316 and its kind: who is told what, and what stays behind. */
static void test_refused(void **state)
{
	struct gnttab_map_grant_ref op = { .flags = FLAGS_HOST, .ref = REF };
	grant_handle_t h;

	grant(PAGE(0), GTF_readonly);
	op.host_addr = play_va(PAGE(1));
	assert_int_equal(call_grant(GNTTABOP_map_grant_ref, &op, sizeof(op)),
			 0);
	assert_int_equal(op.status, GNTST_general_error);
	op.dom = 7;
	assert_int_equal(call_grant(GNTTABOP_map_grant_ref, &op, sizeof(op)),
			 0);
	assert_int_equal(op.status, GNTST_bad_domain);
	op.dom = (domid_t)d->id;
	op.ref = 512;
	assert_int_equal(call_grant(GNTTABOP_map_grant_ref, &op, sizeof(op)),
			 0);
	assert_int_equal(op.status, GNTST_bad_gntref);
	assert_int_equal(map_at(play_va(PAGE(1)), 0, &h), GNTST_bad_gntref);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h),
			 GNTST_general_error);
	assert_int_equal(map_at(0x1000, FLAGS_RO, &h), GNTST_general_error);
	assert_int_equal(map_at(HV_DIRECT, FLAGS_RO, &h), GNTST_general_error);
	assert_int_equal(d->grants.in_use, 0);
	v1()[REF].flags = GTF_permit_access;
	v1()[REF].frame = (uint32_t)play_mfn(0);	/* the root */
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h),
			 GNTST_general_error);
	v1()[REF].frame = 2;
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_RO, &h),
			 GNTST_general_error);
	v1()[REF].frame = (uint32_t)core_mfn(d->grants.frame[0]);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h),
			 GNTST_general_error);
	assert_int_equal(v1()[REF].flags, GTF_permit_access);
}

/* Neither peer gets at what the other uses, or at another frame by it. */
static void test_two_peers(void **state)
{
	grant_handle_t h;

	grant(PAGE(0), 0);
	v1()[REF].domid = 0;
	assert_non_null(grant_map(d, REF, true));
	v1()[REF].domid = (domid_t)d->id;
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h),
			 GNTST_general_error);
	grant_unmap(d, REF, true);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	v1()[REF] = (struct grant_entry_v1){
		GTF_permit_access, 0, (uint32_t)play_mfn(PAGE(3))
	};
	assert_null(grant_map(d, REF, true));
	v1()[REF].domid = (domid_t)d->id;
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_int_equal(pin(PAGE(0)), 0);
}

static int64_t status_frame(uint64_t *mfn)
{
	gnttab_get_status_frames_t g = { .dom = DOMID_SELF, .nr_frames = 1 };

	g.frame_list.p = (uint64_t *)(uintptr_t)(PLAY_ARG + 64);
	assert_int_equal(call_grant(GNTTABOP_get_status_frames, &g, sizeof(g)),
			 0);
	*mfn = *(uint64_t *)fakecpu_walk(play_vcpu, PLAY_ARG + 64, false);
	return g.status;
}

/* XSA-255, XSA-379: status frames are not seen any more in version 1. */
static void test_status_frames(void **state)
{
	uint64_t mfn, again;
	bool present;

	assert_int_equal(status_frame(&mfn), GNTST_general_error);
	assert_int_equal(version(3), -XEN_EINVAL);
	assert_int_equal(version(2), 0);
	assert_int_equal(status_frame(&mfn), 0);
	assert_int_equal(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			      mfn << 12 | CALL_RO, 0), 0);
	assert_non_null(fakecpu_access(&d->vcpu[1], play_va(PAGE(1)), false,
				       &present));
	assert_int_equal(version(1), -XEN_EBUSY);
	assert_int_equal(d->grants.version, 2);
	assert_int_equal(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			      0, 0), 0);
	assert_int_equal(version(1), 0);
	assert_null(fakecpu_access(&d->vcpu[1], play_va(PAGE(1)), false,
				   &present));
	assert_true(call(__HYPERVISOR_update_va_mapping, play_va(PAGE(1)),
			 mfn << 12 | CALL_RO, 0) < 0);
	assert_int_equal(version(2), 0);
	assert_int_equal(status_frame(&again), 0);
	assert_int_equal(mfn, again);
}

/* No change while something is mapped; what is reserved stays. */
static void test_version(void **state)
{
	grant_handle_t h;

	grant(PAGE(0), 0);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	assert_int_equal(version(2), -XEN_EBUSY);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_int_equal(version(2), 0);
	assert_int_equal(v2()[1].full_page.frame, d->store_ring.mfn);
	assert_int_equal(v2()[REF].hdr.flags, 0);
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h),
			 GNTST_general_error);
	v2()[REF].full_page.frame = play_mfn(PAGE(0));
	v2()[REF].hdr = (grant_entry_header_t){
		GTF_permit_access, (domid_t)d->id
	};
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h), 0);
	assert_int_equal(d->grants.status[0][REF], GTF_reading | GTF_writing);
	assert_int_equal(v2()[REF].hdr.flags, GTF_permit_access);
	assert_true(pin(PAGE(0)) < 0);
	assert_int_equal(version(1), -XEN_EBUSY);
	assert_int_equal(unmap(h, play_va(PAGE(1)), 0), 0);
	assert_int_equal(d->grants.status[0][REF], 0);
	/* A frame beyond 32 bits is none, and not that of its low half. */
	v2()[REF].full_page.frame |= 1ULL << 32;
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_HOST, &h),
			 GNTST_general_error);
	v2()[REF].full_page.frame = play_mfn(PAGE(0));
	v2()[REF].hdr.flags |= GTF_sub_page;
	assert_int_equal(map_at(play_va(PAGE(1)), FLAGS_RO, &h),
			 GNTST_general_error);
	v2()[1].hdr.flags |= GTF_sub_page;
	assert_int_equal(version(1), -XEN_EINVAL);
	v2()[1].hdr.flags = GTF_permit_access;
	assert_int_equal(version(1), 0);
	assert_int_equal(v1()[1].frame, d->store_ring.mfn);
	assert_int_equal(v1()[REF].flags, 0);
}

/* XSA-228 and its kind: handles run out, and all come back. */
static void test_handles(void **state)
{
	unsigned n = 0;
	grant_handle_t h;

	grant(PAGE(0), 0);
	while (!map_at(0, GNTMAP_device_map, &h))
		n++;
	assert_true(n >= 512 && n <= GRANT_HANDLES * 512);
	assert_int_equal(unmap(7, 0, play_mfn(PAGE(0)) << 12), 0);
	assert_int_equal(map_at(0, GNTMAP_device_map, &h), 0);
	assert_int_equal(h, 7);
	for (h = 0; h < n; h++)
		assert_int_equal(unmap(h, 0, play_mfn(PAGE(0)) << 12), 0);
	assert_int_equal(unmap(n, 0, 1 << 12), GNTST_bad_handle);
	assert_int_equal(unmap(~0U, 0, 1 << 12), GNTST_bad_handle);
	assert_int_equal(d->grants.in_use, 0);
	assert_int_equal(pin(PAGE(0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_map, start),
		cmocka_unit_test_setup(test_device, start),
		cmocka_unit_test_setup(test_exchanged, start),
		cmocka_unit_test_setup(test_replace, start),
		cmocka_unit_test_setup(test_entry_address, start),
		cmocka_unit_test_setup(test_refused, start),
		cmocka_unit_test_setup(test_two_peers, start),
		cmocka_unit_test_setup(test_status_frames, start),
		cmocka_unit_test_setup(test_version, start),
		cmocka_unit_test_setup(test_handles, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
