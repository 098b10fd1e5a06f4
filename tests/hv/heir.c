/*
 * A kernel that the PV loader has started, or Xen itself: is the domain as a
 * builder makes it?  Every frame is looked at, and every trace that a loader
 * may have left: grants, ports, rings, watches, front ends, tables, GDT.
 * "disks=N" on the command line; with "audit=1" the hypervisor's own recount
 * has its say (build/boot-test/hv.elf).
 */
#include <string.h>

#include "loader/base/fmt.h"
#include "tests/hv/blk.h"

#include <xen/io/console.h>

#define MFN(e) ((e) >> 12 & 0xffffffffff)

/* Nobody has said anything yet, so this comes first. */
static void rings(void)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	volatile struct xencons_interface *c =
		(void *)(image + m2p[si->console.domU.mfn] * PAGE);
	uint32_t used = c->out_prod - c->out_cons,
		 typed = c->in_prod - c->in_cons;

	store_start();
	ok(!used && !typed, "console ring: %u bytes out, %u in", used, typed);
	ok(store_ring->req_prod == store_ring->req_cons &&
	   store_ring->rsp_prod == store_ring->rsp_cons,
	   "xenstore ring: nothing on its way");
}

static void ports(void)
{
	vcpu_info_t *v = &shared->vcpu_info[0];
	uint64_t left = 0, given = 1ul << si->store_evtchn |
		1ul << si->console.domU.evtchn;
	unsigned open = 0;

	/* These two may come at any time. */
	if (shared->evtchn_pending[0] & given)
		ok(v->evtchn_upcall_pending && v->evtchn_pending_sel & 1,
		   "the console's event or the store's has not been lost");
	for (unsigned i = 0; i < 64; i++)
		left |= shared->evtchn_pending[i] & ~(i ? 0 : given);
	ok(!left, "no other event is pending");
	for (unsigned i = 1; i < 1024; i++) {
		struct evtchn_status s = { .dom = DOMID_SELF, .port = i };

		if (hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_status,
			      UL(&s), 0, 0) || s.status == EVTCHNSTAT_closed)
			continue;
		open++;
		if (i != si->store_evtchn && i != si->console.domU.evtchn)
			say("# port %u has status %u\n", i, s.status);
	}
	ok(open == 2, "ports: the store's, the console's, no other");
	ok(v->evtchn_upcall_mask, "upcalls are masked");
}

static void grants(void)
{
	static xen_pfn_t frame[32];
	struct gnttab_query_size q = { .dom = DOMID_SELF };
	struct gnttab_setup_table s = { .dom = DOMID_SELF };
	const struct grant_entry_v1 *e;
	unsigned left = 0;

	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, UL(&q), 1,
		  0);
	s.nr_frames = q.nr_frames < 32 ? q.nr_frames : 32;
	s.nr_frames = s.nr_frames ? s.nr_frames : 1;
	set_xen_guest_handle(s.frame_list, frame);
	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, UL(&s), 1,
		  0);
	for (unsigned i = 0; i < s.nr_frames; i++) {
		e = pages(1);
		ok(!set_va(e, frame[i] * PAGE | P | RW | A | D | US),
		   "grant frame %u", i);
		for (unsigned k = i ? 0 : 8; k < PAGE / sizeof(*e); k++)
			left += e[k].flags != 0;
	}
	ok(!left, "no page is lent out: %u", left);
}

static bool is_table(uint64_t pfn)
{
	uint64_t pt = (si->pt_base - UL(image)) / PAGE;

	return (pfn >= pt && pfn < pt + si->nr_pt_frames) ||
	       (pfn >= si->first_p2m_pfn &&
		pfn < si->first_p2m_pfn + si->nr_p2m_frames);
}

/*
 * Lists exact, and no frame has a type that keeps it from being written: no
 * table pinned, no descriptors loaded but what the start of day has.
 */
static void memory(void)
{
	const uint64_t *m2p = (const uint64_t *)HOLE;
	uint64_t wrong = 0, typed = 0;
	void *window = pages(1);
	uint64_t was = pte_of(window);
	domid_t self = DOMID_SELF;
	long now;

	for (uint64_t pfn = 0; pfn < si->nr_pages; pfn++) {
		uint64_t mfn = pfn_mfn(pfn);

		wrong += m2p[mfn] != pfn;
		if (!is_table(pfn) && set_va(window, mfn * PAGE | P | RW | A |
					     D | US) && typed++ < 5)
			say("# pfn %lx is not writable\n", pfn);
	}
	set_va(window, was);
	ok(!wrong, "p2m and M2P agree on %lu frames", si->nr_pages - wrong);
	ok(!typed, "no frame has a type but the tables");
	now = hypercall(__HYPERVISOR_memory_op, XENMEM_current_reservation,
			UL(&self), 0, 0);
	ok(now == (long)si->nr_pages || now == -38, "the domain has %ld pages",
	   now);
}

/* NODE of device/vbd/NUMBER, or of its backend. */
static const char *node(const char *number, bool back, const char *name)
{
	static char path[160];
	size_t n = fmt(path, sizeof(path), "device/vbd/%s/", number);
	const char *s;

	if (back) {
		fmt(path + n, sizeof(path) - n, "backend");
		s = store_read(path);
		n = fmt(path, sizeof(path), "%s/", s ? s : "?");
	}
	fmt(path + n, sizeof(path) - n, "%s", name);
	s = store_read(path);
	return s ? s : "?";
}

static void disk(const char *number)
{
	static const char *const gone[] = { "ring-ref", "ring-ref0",
		"ring-page-order", "event-channel" };
	static char path[64];
	unsigned left = 0;

	ok(!strcmp(node(number, false, "state"), "1"), "%s: ours begins",
	   number);
	ok(!strcmp(node(number, true, "state"), "2"), "%s: the backend waits",
	   number);
	for (unsigned i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		left += strcmp(node(number, false, gone[i]), "ENOENT") != 0;
	ok(!left, "%s: no node of an earlier front end", number);
	fmt(path, sizeof(path), "device/vbd/%s", number);
	ok(blk_connect(path), "%s: connects", number);
	memset(page[0], 0, PAGE);
	blk_prepare(BLKIF_OP_READ, 0, PAGE_REF);
	blk_expect(0, "read");
	ok(page[0][1080] == 0x53 && page[0][1081] == 0xef,
	   "%s: a file system's superblock", number);
	blk_disconnect(number);
}

static void disks(void)
{
	static char names[512];
	const char *want = option("disks"), *s = store_ask(XS_DIRECTORY,
							   "device/vbd", 11);
	unsigned n = 0;

	blk_setup();
	memcpy(names, s, 400);
	for (s = names; *s >= '0' && *s <= '9'; s += strlen(s) + 1, n++)
		disk(s);
	ok(want && n == (unsigned)(*want - '0'), "%u disks", n);
	ok(!store_events, "no watch but ours: %u events", store_events);
}

/* Can be done once in the life of a domain, so the loader must not have. */
static void vcpu_info(void)
{
	struct vcpu_register_vcpu_info info = { .mfn = va_mfn(pages(1)) };

	ok(!hypercall(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0,
		      UL(&info), 0), "a vcpu_info of our own");
}

void guest_main(void)
{
	store_patience = 60000;
	rings();
	ports();
	grants();
	memory();
	disks();
	if (option("audit"))
		ok(!hypercall(__HYPERVISOR_arch_7, 0, 0, 0, 0),
		   "the audit agrees");
	vcpu_info();
	done();
}
