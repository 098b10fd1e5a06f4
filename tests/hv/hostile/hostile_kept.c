/*
 * Part of hostile.elf: pages of ours that the hypervisor writes to by itself.
 * None of them may become a page table or a descriptor page, be loaded, or be
 * given away, however little of it is mapped.
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

static long give_back(uint64_t mfn)
{
	struct xen_memory_reservation r;

	memset(&r, 0, sizeof(r));
	set_xen_guest_handle(r.extent_start, &mfn);
	r.nr_extents = 1;
	r.domid = DOMID_SELF;
	return hypercall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation,
			 UL(&r), 0, 0);
}

/* MFN, whose only mapping is at VA, in every use that would be an escape. */
static void refused(uint64_t mfn, void *va, const char *what)
{
	unsigned cmd, good = 0;

	ok(!set_va(va, mfn * PAGE | P | US), "%s: mapped read-only", what);
	for (cmd = MMUEXT_PIN_L1_TABLE; cmd <= MMUEXT_PIN_L4_TABLE; cmd++)
		good += !mmuext(cmd, mfn, 0);
	good += !mmuext(MMUEXT_NEW_BASEPTR, mfn, 0);
	good += !mmuext(MMUEXT_NEW_USER_BASEPTR, mfn, 0);
	ok(!good, "%s: no page table, no root", what);
	good = !hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 512, 0, 0);
	ok(!good, "%s: no GDT", what);
	good = !mmuext(MMUEXT_SET_LDT, UL(va), 512) &&
		!faults(hostile_touch_ldt, NULL);
	mmuext(MMUEXT_SET_LDT, 0, 0);
	ok(!good, "%s: no LDT", what);
	set_va(va, 0);
	ok(!give_back(mfn), "%s: not given back", what);
	ok(!set_va(va, mfn * PAGE | P | RW | US), "%s: writable again", what);
}

static void *in_image(uint64_t mfn)
{
	return image + ((const uint64_t *)HOLE)[mfn] * PAGE;
}

void hostile_kept(void)
{
	uint64_t *info = pages(1), *gdt = pages(1), mfn;
	struct vcpu_register_vcpu_info r = { va_mfn(info), 64, 0 };

	refused(si->store_mfn, in_image(si->store_mfn), "xenstore's ring");
	refused(si->console.domU.mfn, in_image(si->console.domU.mfn),
		"the console's ring");
	ok(!hypercall(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0,
		      UL(&r), 0), "vcpu_info registered");
	refused(va_mfn(info), info, "vcpu_info");
	protect(gdt, false);
	mfn = va_mfn(gdt);
	ok(!hypercall(__HYPERVISOR_set_gdt, UL(&mfn), 512, 0, 0) &&
	   protect(gdt, true) && mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) &&
	   !set_va(gdt, 0) && !give_back(mfn), "a GDT stays one");
	ok(!hypercall(__HYPERVISOR_set_gdt, 0, 0, 0, 0) &&
	   give_back(mfn) == 1, "until it is none");
}

/* Last of all: there is no way back to the other kind of events. */
void hostile_kept_events(void)
{
	uint64_t *control = pages(1), *array = pages(1);
	struct evtchn_init_control c = { ~1UL, 0, 0, 0, { 0 } };
	struct evtchn_expand_array e = { va_mfn(array) };
	const struct evtchn_init_control bad[] = {
		{ .control_gfn = 0x100 }, { .control_gfn = ~0UL },
		{ .control_gfn = va_mfn((void *)si->pt_base) },
		{ .control_gfn = si->shared_info / PAGE },
		{ .control_gfn = va_mfn(control), .offset = 4 },
		{ .control_gfn = va_mfn(control), .offset = 4096 - 64 },
		{ .control_gfn = va_mfn(control), .offset = ~7u },
		{ .control_gfn = va_mfn(control), .vcpu = 16 },
		{ .control_gfn = va_mfn(control), .vcpu = ~0u },
	};
	unsigned i, good = 0;

#define EVENT(op, arg) \
	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_##op, UL(&(arg)), 0, \
		  0)
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		c = bad[i];
		good += !EVENT(init_control, c);
	}
	ok(!good && EVENT(expand_array, e) < 0, "FIFO events: refused");
	c = (struct evtchn_init_control){ va_mfn(control), 64, 0, 0, { 0 } };
	ok(!EVENT(init_control, c) && EVENT(init_control, c) < 0 &&
	   !EVENT(expand_array, e), "FIFO events: once");
	refused(va_mfn(control), control, "a control block");
	refused(va_mfn(array), array, "an event array");
	memset(control, 0xff, PAGE);
	memset(array, 0xff, PAGE);
	for (i = 0; i < 64; i++)
		hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
			  UL(&i), 0, 0);
	ok(hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&si->
		     console.domU.evtchn), 0, 0) == 0, "FIFO events: nonsense");
	memset(array, 0, PAGE);
}
