/*
 * How long one request keeps interrupts away (-icount shift=0: a nanosecond is
 * an instruction).  While the guest has something huge done, its timer runs
 * out; the event must come no more than 2,000,000 instructions later, whatever
 * it is.  The event's handler does not return: the request is given up there,
 * half done, and the audit of the test build (if it is that) looks at the rest.
 */
#include "tests/hv/guest.h"

#include <string.h>

#include <xen/io/xs_wire.h>

#define LIMIT	2000000
#define TABLES	200
#define BATCH	256
#define LIST	60000

void event_entry(void);		/* start.S: to where faults() was called */

static struct multicall_entry batch[BATCH];
static union {
	struct mmuext_op ext[LIST];
	struct mmu_update update[LIST];
	uint64_t word[8192];
	struct trap_info trap[257];
	struct gnttab_map_grant_ref map[20000];
	struct gnttab_copy copy[20000];
	struct multicall_entry call[LIST / 3];
} list;
static uint8_t *l1[TABLES], *l2[TABLES], *l3;

static uint64_t now(void)
{
	const struct vcpu_time_info *t = &shared->vcpu_info[0].time;
	uint64_t delta = __builtin_ia32_rdtsc() - t->tsc_timestamp;

	delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift
				 : delta << t->tsc_shift;
	return t->system_time + (uint64_t)((unsigned __int128)delta *
					   t->tsc_to_system_mul >> 32);
}

static bool big;	/* list.call is the batch */

/* All entries of the batch ask for the same. */
static void fill_batch(uint64_t op, uint64_t a, uint64_t b, uint64_t c)
{
	unsigned i;

	for (i = 0; i < BATCH; i++) {
		batch[i].op = op;
		batch[i].args[0] = a;
		batch[i].args[1] = b;
		batch[i].args[2] = c;
		batch[i].args[3] = DOMID_SELF;
	}
}

static void run_batch(void *arg)
{
	for (;;) {
		hypercall(__HYPERVISOR_multicall, UL(big ? list.call : batch),
			  big ? LIST / 3 : BATCH, 0, 0);
		if (arg)
			((void (*)(void))arg)();
	}
}

/* How late an event is that is due AFTER nanoseconds from now. */
static uint64_t once(uint64_t after, void (*between)(void))
{
	struct vcpu_set_singleshot_timer t = { .flags = 0 };
	uint64_t late;

	t.timeout_abs_ns = now() + after;
	hypercall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, UL(&t),
		  0);
	shared->vcpu_info[0].evtchn_upcall_mask = 0;
	faults(run_batch, (void *)between);
	late = now() - t.timeout_abs_ns;
	shared->vcpu_info[0].evtchn_upcall_pending = 0;
	shared->vcpu_info[0].evtchn_pending_sel = 0;
	memset(shared->evtchn_pending, 0, sizeof(shared->evtchn_pending));
	return late;
}

static void measure(const char *what, void (*between)(void))
{
	uint64_t late = 0, t;
	unsigned i;

	for (i = 0; i < 5; i++) {
		t = once(200000 + i * 90001, between);
		if (t > late)
			late = t;
	}
	ok(late <= LIMIT, "%s: the timer's event after %lu", what, late);
	ok(hypercall(__HYPERVISOR_arch_7, 0, 0, 0, 0) <= 0, "the audit agrees");
}

/* L3 -> TABLES L2 of 512 links each -> TABLES L1 of 512 entries each. */
static void make_tree(void)
{
	uint64_t leaf = va_mfn(l3) * PAGE | P | US | A;
	unsigned i, k;

	for (i = 0; i < TABLES; i++)
		for (k = 0; k < 512; k++) {
			((uint64_t *)l1[i])[k] = leaf;
			((uint64_t *)l2[i])[k] = va_mfn(l1[k % TABLES]) * PAGE |
				P | RW | US | A;
		}
	for (k = 0; k < 512; k++)
		((uint64_t *)l3)[k] = va_mfn(l2[k % TABLES]) * PAGE | P | RW |
			US | A;
	for (i = 0; i < TABLES; i++) {
		protect(l1[i], false);
		protect(l2[i], false);
	}
	protect(l3, false);
}

static void fill_ext(unsigned even, unsigned odd, uint64_t mfn)
{
	unsigned i;

	memset(&list, 0, sizeof(list));
	for (i = 0; i < LIST; i++) {
		list.ext[i].cmd = i & 1 ? odd : even;
		list.ext[i].arg1.mfn = mfn;
	}
	fill_batch(__HYPERVISOR_mmuext_op, UL(&list), LIST, 0);
}

static void pins(void)
{
	fill_ext(MMUEXT_PIN_L2_TABLE, MMUEXT_UNPIN_TABLE, va_mfn(l2[0]));
	measure("L2 tables pinned and unpinned", NULL);
	mmuext(MMUEXT_UNPIN_TABLE, va_mfn(l2[0]), 0);
	fill_ext(MMUEXT_PIN_L3_TABLE, MMUEXT_UNPIN_TABLE, va_mfn(l3));
	measure("a tree pinned and unpinned", NULL);
	mmuext(MMUEXT_UNPIN_TABLE, va_mfn(l3), 0);
	fill_ext(MMUEXT_TLB_FLUSH_ALL, MMUEXT_INVLPG_ALL, 0);
	measure("flushes", NULL);
	fill_ext(MMUEXT_CLEAR_PAGE, MMUEXT_COPY_PAGE, va_mfn(pages(1)));
	measure("pages cleared and copied", NULL);
}

static void updates(void)
{
	uint64_t page = va_mfn(pages(1));
	unsigned i;

	for (i = 0; i < LIST; i++)
		list.update[i] = (struct mmu_update){ page * PAGE, i };
	fill_batch(__HYPERVISOR_mmu_update, UL(&list), LIST, 0);
	measure("updates", NULL);
}

static void reservations(void)
{
	static struct xen_memory_reservation r;
	static xen_pfn_t frame[64];
	uint8_t *p = pages(64);
	unsigned i;

	memset(&r, 0, sizeof(r));
	r.domid = DOMID_SELF;
	r.nr_extents = 64;
	for (i = 0; i < 64; i++) {
		frame[i] = va_mfn(p + i * PAGE);
		set_va(p + i * PAGE, 0);
	}
	set_xen_guest_handle(r.extent_start, frame);
	fill_batch(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, UL(&r),
		   0);
	for (i = 1; i < BATCH; i += 2)
		batch[i].args[0] = XENMEM_increase_reservation;
	measure("frames given back and taken again", NULL);
}

static void grants(void)
{
	uint64_t mfn = va_mfn(pages(1)), frame;
	struct grant_entry_v1 *table = pages(1);
	struct gnttab_setup_table s;
	unsigned i;

	memset(&s, 0, sizeof(s));
	s.dom = DOMID_SELF;
	s.nr_frames = 32;
	set_xen_guest_handle(s.frame_list, list.word);
	fill_batch(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, UL(&s),
		   1);
	measure("a grant table made", NULL);
	frame = list.word[0];
	set_va(table, frame * PAGE | P | RW | A | D | US);
	table[9] = (struct grant_entry_v1){
		GTF_permit_access, 1, (uint32_t)mfn
	};
	memset(&list, 0, sizeof(list));
	for (i = 0; i < 20000; i++) {
		list.map[i].flags = GNTMAP_device_map;
		list.map[i].ref = 9;
		list.map[i].dom = 1;
	}
	fill_batch(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
		   UL(&list), 20000);
	measure("grants mapped", NULL);
	memset(&list, 0, sizeof(list));
	for (i = 0; i < 20000; i++) {
		list.copy[i].source.u.ref = list.copy[i].dest.u.ref = 9;
		list.copy[i].source.domid = list.copy[i].dest.domid = 1;
		list.copy[i].flags = GNTCOPY_source_gref | GNTCOPY_dest_gref;
		list.copy[i].len = 4096;
	}
	fill_batch(__HYPERVISOR_grant_table_op, GNTTABOP_copy, UL(&list),
		   20000);
	measure("grants copied", NULL);
}

static void others(void)
{
	static struct evtchn_alloc_unbound un = { DOMID_SELF, DOMID_SELF, 0 };
	unsigned i;

	grants();
	for (i = 0; i < 256; i++) {
		list.trap[i] = (struct trap_info){ 200, 3, 0xe033, 4096 };
	}
	fill_batch(__HYPERVISOR_set_trap_table, UL(&list), 0, 0);
	measure("trap tables", NULL);
	memset(&list, 0, sizeof(list));
	fill_batch(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
		   UL(&un), 0);
	measure("ports", NULL);
	fill_batch(__HYPERVISOR_console_io, CONSOLEIO_write, 4096, UL(&list));
	measure("console output", NULL);
	fill_batch(__HYPERVISOR_multicall, UL(batch), BATCH, 0);
	measure("multicalls in multicalls", NULL);
	big = true;
	for (i = 0; i < LIST / 3; i++)
		list.call[i].op = 63;
	measure("calls that are none", NULL);
	for (i = 0; i < LIST / 3; i++)
		list.call[i].op = __HYPERVISOR_xen_version;
	measure("small calls", NULL);
	big = false;
}

static struct evtchn_send send;

/*
 * Each second entry rings PORT's bell.  The one before does the first N updates
 * of the list, by which there is something to do again.
 */
static void ring_batch(unsigned n, uint32_t port)
{
	unsigned i;

	send.port = port;
	shared->evtchn_mask[port / 64] |= 1UL << port % 64;
	fill_batch(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&send), 0);
	for (i = 0; i < BATCH; i += 2) {
		batch[i].op = __HYPERVISOR_mmu_update;
		batch[i].args[0] = UL(&list);
		batch[i].args[1] = n;
		batch[i].args[2] = 0;
	}
}

static void console(void)
{
	uint64_t ring = si->console.domU.mfn * PAGE;

	/* out_cons 0, out_prod 2048: all of it is to be printed, again. */
	list.update[0] = (struct mmu_update){ ring + 0xc08, 2048UL << 32 };
	ring_batch(1, si->console.domU.evtchn);
	measure("the console's ring", NULL);
}

static struct xenstore_domain_interface *store;

static void put_bytes(const void *from, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		store->req[store->req_prod++ & 1023] = ((const char *)from)[i];
}

static void put_request(uint32_t type, uint32_t tx, const char *text,
			unsigned len)
{
	struct xsd_sockmsg m = { type, 1, tx, len };

	put_bytes(&m, sizeof(m));
	put_bytes(text, len);
}

/* Until all is answered; the answer to the last request, at its end. */
static const char *settle(unsigned len)
{
	static char tail[16];
	unsigned i;

	for (i = 0; i < 1000 && (store->req_cons != store->req_prod ||
				 store->rsp_cons != store->rsp_prod); i++) {
		store->rsp_cons = store->rsp_prod;
		hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
			  UL(&send), 0, 0);
	}
	for (i = 0; i < len; i++)
		tail[i] = store->rsp[(store->rsp_prod - len + i) & 1023];
	return tail;
}

/* Messages as many as the ring holds, and each a costly one. */
static void fill(unsigned n, unsigned type, const char *body, unsigned len)
{
	store->rsp_cons = store->rsp_prod;
	if (store->req_cons != store->req_prod)
		return;
	while (n--)
		put_request(type, 0, body, len);
}

static void send_directory(void)
{
	fill(50, XS_DIRECTORY, "/", 2);
}

static const char change[] = "data/x\0value";

static void send_changes(void)
{
	fill(30, XS_WRITE, change, sizeof(change) - 1);
}

/* As many as there may be, of a long path that nobody writes to. */
static void watch_all(void)
{
	char text[900 + 4] = "data";
	unsigned i;

	for (i = 4; i < 899; i++)
		text[i] = i % 60 == 4 ? '/' : 'a';
	for (i = 0; i < 128; i++) {
		text[899] = 0;
		text[900] = (char)('a' + i % 26);
		text[901] = (char)('a' + i / 26);
		text[902] = 0;
		put_request(XS_WATCH, 0, text, 903);
		settle(0);
	}
}

/* Ready to be ended: a transaction of as many changes as it may have. */
static void make_transaction(void)
{
	uint32_t tx;
	unsigned i;

	/* It is one of the first nine. */
	put_request(XS_TRANSACTION_START, 0, "", 1);
	tx = (uint32_t)(settle(2)[0] - '0');
	for (i = 0; i < 64; i++) {
		put_request(XS_WRITE, tx, change, sizeof(change) - 1);
		settle(0);
	}
	put_request(XS_TRANSACTION_END, tx, "T", 2);
}

static void stores(void)
{
	uint64_t ring = si->store_mfn * PAGE;
	uint32_t at;

	store = (void *)(image + ((const uint64_t *)HOLE)[si->store_mfn] *
			 PAGE);
	send.port = si->store_evtchn;
	shared->evtchn_mask[send.port / 64] |= 1UL << send.port % 64;
	fill_batch(__HYPERVISOR_event_channel_op, EVTCHNOP_send, UL(&send), 0);
	send_directory();
	measure("the store asked", send_directory);
	settle(0);
	watch_all();
	send_changes();
	measure("the store written to", send_changes);
	settle(0);
	make_transaction();
	measure("a transaction's end", NULL);
	ok(!memcmp(settle(3), "OK", 3) && !store->error, "it ends well");
	/* The same requests in each part of a batch: what they are counts. */
	at = store->req_cons;
	send_directory();
	list.update[0] = (struct mmu_update){ ring + 0x800, (uint64_t)
					      store->req_prod << 32 | at };
	list.update[1] = (struct mmu_update){ ring + 0x808, 0 };
	ring_batch(2, send.port);
	measure("the store asked without end", NULL);
}

void guest_main(void)
{
	struct evtchn_bind_virq virq = { VIRQ_TIMER, 0, 0 };
	unsigned i;

	l3 = pages(1);
	for (i = 0; i < TABLES; i++) {
		l1[i] = pages(1);
		l2[i] = pages(1);
	}
	hypercall(__HYPERVISOR_set_callbacks, UL(event_entry), 0, 0, 0);
	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, UL(&virq),
		  0, 0);
	hypercall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0, 0);
	make_tree();
	pins();
	updates();
	reservations();
	others();
	console();
	stores();
	done();
}
