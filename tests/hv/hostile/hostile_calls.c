/*
 * Part of hostile.elf: arguments that are wrong, buffers where none may be,
 * and everything about events, grants and time that is not the guest's.
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

#include <xen/version.h>

static const uint64_t bad_address[] = {
	HOLE, HOLE + 0x8000000000, HOLE_END - 8, 0x0000800000000000,
	0x00007ffffffffffc, UL(-8), 0xdead000000000000, 0x0000000000001000,
};

#define N_BAD (sizeof(bad_address) / sizeof(*bad_address))

static void buffers(void)
{
	static const struct {
		uint64_t nr, a, b, c;
		int where;		/* the argument that is the buffer */
		const char *what;
	} call[] = {
		{ __HYPERVISOR_set_trap_table, 0, 0, 0, 0, "set_trap_table" },
		{ __HYPERVISOR_mmu_update, 0, 1, 0, 0, "mmu_update" },
		{ __HYPERVISOR_set_gdt, 0, 512, 0, 0, "set_gdt" },
		{ __HYPERVISOR_memory_op, XENMEM_memory_map, 0, 0, 1,
		  "memory_map" },
		{ __HYPERVISOR_memory_op, XENMEM_machphys_mapping, 0, 0, 1,
		  "machphys_mapping" },
		{ __HYPERVISOR_memory_op, XENMEM_decrease_reservation, 0, 0, 1,
		  "decrease_reservation" },
		{ __HYPERVISOR_multicall, 0, 1, 0, 0, "multicall" },
		{ __HYPERVISOR_xen_version, XENVER_extraversion, 0, 0, 1,
		  "extraversion" },
		{ __HYPERVISOR_xen_version, XENVER_get_features, 0, 0, 1,
		  "get_features" },
		{ __HYPERVISOR_console_io, CONSOLEIO_write, 16, 0, 2,
		  "console_io" },
		{ __HYPERVISOR_grant_table_op, GNTTABOP_setup_table, 0, 1, 1,
		  "setup_table" },
		{ __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, 0, 1, 1,
		  "map_grant_ref" },
		{ __HYPERVISOR_vcpu_op,
		  VCPUOP_register_runstate_memory_area, 0, 0, 2, "runstate" },
		{ __HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, 0, 2,
		  "set_singleshot_timer" },
		{ __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, 0, 2,
		  "register_vcpu_info" },
		{ __HYPERVISOR_mmuext_op, 0, 1, 0, 0, "mmuext_op" },
		{ __HYPERVISOR_sched_op, SCHEDOP_poll, 0, 0, 1, "poll" },
		{ __HYPERVISOR_callback_op, CALLBACKOP_register, 0, 0, 1,
		  "callback_op" },
		{ __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, 0, 0,
		  1, "event_channel_op" },
		{ __HYPERVISOR_physdev_op, 6, 0, 0, 1, "physdev_op" },
	};
	unsigned i, k, bad;

	for (i = 0; i < sizeof(call) / sizeof(*call); i++) {
		for (k = bad = 0; k < N_BAD; k++) {
			uint64_t a[3] = { call[i].a, call[i].b, call[i].c };

			a[call[i].where] = bad_address[k];
			bad += hypercall(call[i].nr, a[0], a[1], a[2],
					 DOMID_SELF) >= 0;
		}
		ok(!bad, "%s: no buffer in the hole, around it or nowhere",
		   call[i].what);
	}
}

static void addresses(void)
{
	struct callback_register r = { .type = CALLBACKTYPE_event };
	struct trap_info t[2];
	unsigned k, bad = 0;

	memset(t, 0, sizeof(t));
	for (k = 3; k < N_BAD; k += 3) {
		r.address = bad_address[k];
		t[0].vector = 200;
		t[0].address = bad_address[k];
		bad += !hypercall(__HYPERVISOR_callback_op,
				  CALLBACKOP_register, UL(&r), 0, 0);
		bad += !hypercall(__HYPERVISOR_set_callbacks, r.address, 0, 0,
				  0);
		bad += !hypercall(__HYPERVISOR_set_callbacks, 0, 0, r.address,
				  0);
		bad += !hypercall(__HYPERVISOR_set_trap_table, UL(t), 0, 0, 0);
		bad += !hypercall(__HYPERVISOR_set_segment_base, 0, r.address,
				  0, 0);
		bad += !hypercall(__HYPERVISOR_set_segment_base, 2, r.address,
				  0, 0);
	}
	ok(!bad, "no callback, gate or base that is not canonical");
	bad = 0;
	for (k = 0; k < 7; k++)
		bad += hypercall(__HYPERVISOR_update_va_mapping,
				 bad_address[k] & ~7UL, 0, UVMF_INVLPG, 0) >= 0;
	ok(!bad, "update_va_mapping of the hole or of nothing");
	ok(!mmuext(MMUEXT_INVLPG_LOCAL, 0xdead000000000000, 0) &&
	   !mmuext(MMUEXT_INVLPG_LOCAL, HOLE, 0), "harmless INVLPGs");
}

static void multicalls(void)
{
	struct multicall_entry inner, e[3];

	memset(e, 0, sizeof(e));
	memset(&inner, 0, sizeof(inner));
	e[0].op = __HYPERVISOR_multicall;
	e[0].args[0] = UL(&inner);
	e[0].args[1] = 1;
	e[1].op = __HYPERVISOR_xen_version;
	e[2].op = 63;
	ok(!hypercall(__HYPERVISOR_multicall, UL(e), 3, 0, 0) &&
	   (long)e[0].result < 0 && e[1].result == (4 << 16 | 17) &&
	   (long)e[2].result == -38, "no multicall in a multicall");
	ok(hypercall(63, 0, 0, 0, 0) == -38 && hypercall(64, 0, 0, 0, 0) == -38
	   && hypercall(~0UL, 0, 0, 0, 0) == -38, "unknown hypercalls");
	ok(hypercall(__HYPERVISOR_domctl, 0, 0, 0, 0) < 0 &&
	   hypercall(__HYPERVISOR_sysctl, 0, 0, 0, 0) < 0 &&
	   hypercall(__HYPERVISOR_platform_op, 0, 0, 0, 0) < 0,
	   "nothing of the host's");
}

/* Long lists are worked off in parts, which nobody must notice. */
static void long_lists(void)
{
	static struct mmu_update u[5000];
	static struct multicall_entry e[600];
	uint32_t done = 7;
	unsigned i, good = 0;
	long ret;

	for (i = 0; i < 5000; i++)
		u[i] = (struct mmu_update){ va_ma(spare) + i % 512 * 8, i };
	ret = hypercall(__HYPERVISOR_mmu_update, UL(u), 5000, UL(&done),
			DOMID_SELF);
	ok(!ret && done == 5000 && ((uint64_t *)spare)[4999 % 512] == 4999,
	   "5000 updates in one call");
	u[3000].ptr = 0;
	ret = hypercall(__HYPERVISOR_mmu_update, UL(u), 5000, UL(&done),
			DOMID_SELF);
	ok(ret < 0 && done == 3000, "the 3001st is refused: %u done", done);
	memset(e, 0, sizeof(e));
	for (i = 0; i < 600; i++)
		e[i].op = __HYPERVISOR_xen_version;
	ret = hypercall(__HYPERVISOR_multicall, UL(e), 600, 0, 0);
	for (i = 0; i < 600; i++)
		good += e[i].result == (4 << 16 | 17);
	ok(!ret && good == 600, "600 calls in one");
	memset(spare, 0, PAGE);
}

static long event(unsigned cmd, void *arg)
{
	return hypercall(__HYPERVISOR_event_channel_op, cmd, UL(arg), 0, 0);
}

static void events(void)
{
	struct evtchn_send send = { 0 };
	struct evtchn_close close = { 0 };
	struct evtchn_bind_virq virq = { VIRQ_TIMER, 1, 0 };
	struct evtchn_bind_ipi ipi = { 77, 0 };
	struct evtchn_alloc_unbound un = { 5, 0, 0 };
	struct evtchn_bind_interdomain inter = { 0, 1, 0 };
	struct evtchn_unmask unmask = { 5000 };
	unsigned n;

	ok(event(EVTCHNOP_send, &send) < 0, "no port 0");
	send.port = 4095;
	ok(event(EVTCHNOP_send, &send) < 0, "no unbound port");
	send.port = 4096;
	ok(event(EVTCHNOP_send, &send) < 0, "no port beyond the last");
	send.port = ~0u;
	ok(event(EVTCHNOP_send, &send) < 0, "nor far beyond");
	close.port = 4096;
	ok(event(EVTCHNOP_close, &close) < 0 &&
	   event(EVTCHNOP_unmask, &unmask) < 0, "not to close or unmask");
	ok(event(EVTCHNOP_bind_virq, &virq) < 0, "no timer for others' vCPUs");
	virq.vcpu = 0;
	virq.virq = 1000;
	ok(event(EVTCHNOP_bind_virq, &virq) < 0, "no such VIRQ");
	ok(event(EVTCHNOP_bind_ipi, &ipi) < 0, "no such vCPU");
	ok(event(EVTCHNOP_alloc_unbound, &un) < 0, "not for another domain");
	ok(event(EVTCHNOP_bind_interdomain, &inter) < 0,
	   "no port of domain 0's");
	ok(event(EVTCHNOP_reset, &un) < 0 && event(200, &un) < 0,
	   "unknown operations");
	un.dom = DOMID_SELF;
	for (n = 0; n < 5000 && !event(EVTCHNOP_alloc_unbound, &un); n++)
		;
	ok(n > 4000 && n < 4096, "%u ports, then no more", n);
	for (close.port = un.port; n--; close.port--)
		if (event(EVTCHNOP_close, &close))
			break;
	ok(n == ~0u, "and all come back");
	close.port = un.port;
	ok(event(EVTCHNOP_close, &close) < 0, "closed is closed");
}

static long grant_op(unsigned cmd, void *arg)
{
	return hypercall(__HYPERVISOR_grant_table_op, cmd, UL(arg), 1, 0);
}

static void grants(void)
{
	struct gnttab_setup_table s;
	struct gnttab_map_grant_ref map;
	struct gnttab_copy copy;
	gnttab_set_version_t v = { 3 };
	xen_pfn_t frame[64];

	memset(&s, 0, sizeof(s));
	s.dom = DOMID_SELF;
	s.nr_frames = 1000;
	set_xen_guest_handle(s.frame_list, frame);
	ok(!grant_op(GNTTABOP_setup_table, &s) && s.status < 0,
	   "not 1000 grant frames");
	s.nr_frames = 1;
	s.dom = 0;
	ok(!grant_op(GNTTABOP_setup_table, &s) && s.status < 0,
	   "not domain 0's table");
	s.dom = DOMID_SELF;
	ok(!grant_op(GNTTABOP_setup_table, &s) && !s.status, "one frame");
	ok(mmuext(MMUEXT_PIN_L1_TABLE, frame[0], 0) < 0 &&
	   mmuext(MMUEXT_NEW_BASEPTR, frame[0], 0) < 0,
	   "which is no page table");
	ok(mmu_update(frame[0] * PAGE | 1, 0) < 0, "and not in the M2P");
	memset(&map, 0, sizeof(map));
	map.host_addr = UL(spare);
	ok(!grant_op(GNTTABOP_map_grant_ref, &map) && map.status < 0,
	   "nothing of domain 0's to map");
	memset(&copy, 0, sizeof(copy));
	copy.flags = GNTCOPY_dest_gref;
	copy.len = 4096;
	ok(grant_op(GNTTABOP_copy, &copy) || copy.status < 0,
	   "nor to copy from");
	ok(grant_op(GNTTABOP_set_version, &v) < 0 && v.version == 1,
	   "no version 3");
	ok(hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, UL(&s),
		     1u << 31, 0) < 0, "not 2^31 of them");
}

/* Through the test build: what a backend would map for us. */
static void backend_maps(void)
{
	static uint8_t at[4096] __attribute__((aligned(4096)));
	struct grant_entry_v1 *g = (struct grant_entry_v1 *)at;
	struct gnttab_setup_table s;
	uint64_t mfn = va_mfn(spare), frame;

	memset(&s, 0, sizeof(s));
	s.dom = DOMID_SELF;
	s.nr_frames = 1;
	set_xen_guest_handle(s.frame_list, &frame);
	grant_op(GNTTABOP_setup_table, &s);
	set_va(at, frame * PAGE | P | RW);
#define TRY(write) hypercall(__HYPERVISOR_arch_7, 1, 9, write, 0)
	g[9] = (struct grant_entry_v1){ 1, 0, (uint32_t)va_mfn(
		(void *)si->pt_base) };
	ok(TRY(1) < 0, "a page table is not written by a backend");
	g[9].frame = 0x100;
	ok(TRY(0) < 0 && TRY(1) < 0, "nor a frame of the hypervisor's used");
	g[9].frame = (uint32_t)(si->shared_info / PAGE);
	ok(TRY(0) < 0, "nor shared_info");
	g[9] = (struct grant_entry_v1){ 1 | 4, 0, (uint32_t)mfn };
	ok(TRY(1) < 0, "a read-only grant is not written");
	g[9] = (struct grant_entry_v1){ 1, 7, (uint32_t)mfn };
	ok(TRY(0) < 0, "one for another domain is not used");
	g[9] = (struct grant_entry_v1){ 0, 0, (uint32_t)mfn };
	ok(TRY(0) < 0, "an invalid one neither");
	g[9].flags = 1;
	ok(TRY(1) == (long)mfn && g[9].flags == (1 | 8 | 16),
	   "a good one is, and marked");
	protect(spare, false);
	ok(mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) < 0,
	   "meanwhile it is no page table");
	hypercall(__HYPERVISOR_arch_7, 2, 9, 1, mfn);
	ok(g[9].flags == 1 && !mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) &&
	   !mmuext(MMUEXT_UNPIN_TABLE, mfn, 0), "then it may be");
	protect(spare, true);
}

static void memory_and_vcpus(void)
{
	struct xen_memory_reservation r;
	struct vcpu_register_vcpu_info info = { 0, 0, 0 };
	uint64_t frame = va_mfn((void *)si->pt_base);

	memset(&r, 0, sizeof(r));
	set_xen_guest_handle(r.extent_start, &frame);
	r.nr_extents = 1;
	r.domid = DOMID_SELF;
#define MEMORY(cmd) hypercall(__HYPERVISOR_memory_op, cmd, UL(&r), 0, 0)
	ok(MEMORY(XENMEM_decrease_reservation) == 0,
	   "a frame in use is not given back");
	ok(MEMORY(XENMEM_populate_physmap) <= 0, "no more than its size");
	r.domid = 0;
	ok(MEMORY(XENMEM_decrease_reservation) <= 0, "not domain 0's");
	ok(MEMORY(XENMEM_exchange) < 0 && MEMORY(XENMEM_machine_memory_map) < 0,
	   "no exchange, no machine map");
	info.mfn = frame;
#define VCPU(cmd, id, arg) hypercall(__HYPERVISOR_vcpu_op, cmd, id, UL(arg), 0)
	ok(VCPU(VCPUOP_register_vcpu_info, 0, &info) < 0,
	   "vcpu_info is not put into a page table");
	info.mfn = si->shared_info / PAGE;
	ok(VCPU(VCPUOP_register_vcpu_info, 0, &info) < 0,
	   "nor into shared_info");
	info.mfn = va_mfn(spare);
	info.offset = 4096 - 32;
	ok(VCPU(VCPUOP_register_vcpu_info, 0, &info) < 0, "nor across pages");
	info.offset = ~0u - 8;
	ok(VCPU(VCPUOP_register_vcpu_info, 0, &info) < 0, "nor far out");
	ok(VCPU(VCPUOP_is_up, 1, 0) == -2 && VCPU(VCPUOP_up, 8191, 0) == -2 &&
	   VCPU(VCPUOP_initialise, 0, 0) == -17, "vCPUs that are not");
}

void hostile_calls(void)
{
	buffers();
	addresses();
	multicalls();
	long_lists();
	events();
	grants();
	backend_maps();
	memory_and_vcpus();
}
