/*
 * The virtual machine: a domain and its vCPUs.
 *
 * Interrupts are off whenever we run, and all of this is under one lock
 * (machine/lock.h).  The main loop (run.c) enters a vCPU, gets back an exit,
 * handles it to its end, does deferred work, and enters again.  Nothing here
 * sleeps.
 *
 * Addresses: "pfn" is a guest's pseudo-physical frame number; machine/memory.h
 * tells the others.
 */
#ifndef PVBOOT_HV_PV_DOMAIN_H
#define PVBOOT_HV_PV_DOMAIN_H

#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/trap.h"
#include "pvboot/hv/pv/xen.h"

struct domain;
struct vcpu;

/* ---- events -------------------------------------------------------------- */

typedef void notify_fn(struct domain *d, unsigned port);

enum evtchn_state {
	EC_FREE, EC_UNBOUND, EC_BACKEND, EC_INTERDOMAIN,
	EC_VIRQ, EC_IPI,
};

struct evtchn {
	uint8_t state;
	uint8_t vcpu;		/* who is told */
	uint16_t remote_dom;	/* EC_UNBOUND, EC_INTERDOMAIN */
	uint32_t u;		/* EC_VIRQ: virq; EC_INTERDOMAIN: other port */
	notify_fn *notify;	/* EC_BACKEND */
	/* The FIFO ABI's: */
	int8_t priority;	/* less EVTCHN_FIFO_PRIORITY_DEFAULT */
	uint8_t last_vcpu, last_queue;	/* whose end it may be */
	bool pending;		/* there is no word for it yet */
};

#define EVTCHN_PORTS	4096

/* ---- pages kept (pv/memory/hold.h) --------------------------------------- */

/* All 0: nothing is held. */
struct hold {
	struct hold *next, **link;	/* in the domain's list */
	uint64_t mfn;			/* 0 when nothing is held */
	uint8_t type;			/* FT_... */
};

/* ---- the FIFO ABI of events (pv/cpu/evtchn_fifo.h) ----------------------- */

#define FIFO_PAGES	4
#define FIFO_QUEUES	16

struct fifo_vcpu {
	struct hold control;	/* at OFFSET: its control block */
	uint16_t offset;
	uint16_t tail[FIFO_QUEUES];	/* the last port, perhaps still there */
};

/* ---- vCPU and domain ----------------------------------------------------- */

struct callback {
	uint64_t address;
	bool mask_events;
};

struct trap_gate {
	uint64_t address;
	uint8_t flags;
};

enum vcpu_state { VCPU_OFFLINE, VCPU_RUNNABLE, VCPU_BLOCKED };

/* What is particular to a vCPU whose guest kernel runs in ring 3. */
struct vcpu_pv {
	bool kernel_mode;
	bool ts;		/* virtual CR0.TS */
	bool in_multicall;
	bool left;		/* a hypercall has loaded new registers */
	bool moved;		/* continuation_set(): */
	uint64_t again[2];
	bool sysret;		/* rcx and r11 may be lost on the way in */
	uint8_t iopl; /* PHYSDEVOP_set_iopl, or the architectural one */
	uint64_t iobmp_va;	/* PHYSDEVOP_set_iobitmap */
	unsigned iobmp_ports;
	uint64_t cr2, cr4;	/* CR4: what the guest may control */
	uint64_t dr[8];
	struct hold user_root, kernel_root; /* that of user mode: or none */
	uint64_t kernel_sp;
	struct trap_gate trap[256];
	struct callback event_cb, failsafe_cb, syscall_cb, sysenter_cb,
		syscall32_cb;
	bool nmi_pending, nmi_masked;
	uint32_t pci_latch;	/* port 0xcf8 */
	bool runstate_late;	/* to be written when back in kernel mode */
	bool starts;		/* what follows is for its processor to load */
	struct vcpu_start {
		uint16_t ds, es, fs, gs;
		uint64_t fs_base, gs_kernel, gs_user;
		bool has_fpu;
		uint8_t fpu[512] __attribute__((aligned(16)));
	} start;

	/* Descriptor tables. */
	struct hold gdt[14];
	uint64_t ldt_va;
	unsigned ldt_ents;
	struct hold ldt[16];	/* those mapped so far */
};

/* What any virtual processor has; its processor is its for ever. */
struct vcpu {
	struct regs regs __attribute__((aligned(16)));
	uint64_t trap_stack;	/* trap.S: behind the registers */
	struct domain *domain;
	unsigned id;
	enum vcpu_state state;
	bool initialised;	/* by the builder, or VCPUOP_initialise */
	uint32_t tlb_time;	/* tlb.c: when its processor last flushed */
	bool loaded;		/* its processor has one of its roots */

	/* What the guest shares with us. */
	vcpu_info_t *info;
	struct hold info_page;	/* none: in shared_info */
	uint64_t runstate_va;
	vcpu_runstate_info_t runstate;

	struct timer timer, tick, poll_timer;
	uint64_t tick_period;
	unsigned n_poll;	/* SCHEDOP_poll: any of these wakes */
	uint32_t poll_port[128];
	unsigned virq_port[NR_VIRQS];

	struct vcpu_pv pv;
};

_Static_assert(offsetof(struct vcpu, trap_stack) == TRAP_REGS, "trap.S");

/* ---- grants (pv/memory/grant.h) ------------------------------------------ */

#define GRANT_FRAMES	32
#define GRANT_STATUS	4	/* frames of version 2's status words */
#define GRANT_HANDLES	16	/* pages of them */

/* A grant entry in use, by the frame it named when that began. */
struct grant_active {
	uint32_t mfn;
	uint32_t readers : 15, writers : 15;	/* of a writer: typed */
	uint32_t own : 1;	/* by the domain itself, not by backends */
};

/* What a domain has mapped of its own grants, by handle. */
struct grant_mapping {
	uint32_t ref;		/* or, when it is free, the next free one */
	uint32_t flags;		/* GNTMAP_...; 0: free */
};

struct grant_table {
	unsigned version, n_frames, n_status;
	unsigned in_use;	/* entries that are */
	void *frame[GRANT_FRAMES];	/* lent to the guest */
	uint16_t *status[GRANT_STATUS];	/* also, the first n_status */
	struct grant_active *active[GRANT_FRAMES];
	struct grant_mapping *mapping[GRANT_HANDLES];
	unsigned n_mappings, free_mapping; /* equal: none is free */
};

#define VCPUS	PROCESSORS	/* at most; n_vcpus has what there are */

struct wallclock {
	struct timer timer;
	uint8_t second;		/* the RTC's register, as it was */
	unsigned looks;
};

struct domain {
	unsigned id;		/* 1.. */
	int shutdown;		/* SHUTDOWN_..., -1 while it runs */
	char reason[160];	/* of SHUTDOWN_crash */
	void (*ending)(struct domain *d); /* told before the end */
	uint64_t nr_pages;	/* size of its p2m */
	uint64_t tot_pages;	/* frames it holds */
	shared_info_t *shared;
	struct wallclock wallclock;
	uint64_t *m2p;		/* by mfn; read-only to the guest */
	uint64_t ones;		/* frame for what is not RAM; 0: not yet */
	uint64_t m2p_l4e;	/* what slot 256 of a kernel root holds */
	struct evtchn port[EVTCHN_PORTS];
	struct {
		bool on;
		unsigned n_pages;
		struct hold array[FIFO_PAGES];
		struct fifo_vcpu vcpu[VCPUS];
	} fifo;
	uint32_t vm_assist;

	struct grant_table grants;

	struct hold *holds;	/* all that we keep of its pages */
	bool flush_wanted;	/* tlb.c */

	/* Backends: rings in guest RAM, ports. */
	struct hold console_ring, store_ring;
	unsigned console_port, store_port;
	void *store;		/* store.c's own */
	void *backends;		/* backend.c's own */

	unsigned n_vcpus;
	struct vcpu vcpu[VCPUS];
};

/* Only itself can a guest name, by its number or as DOMID_SELF. */
static inline bool domain_is_self(const struct domain *d, domid_t id)
{
	return id == DOMID_SELF || id == d->id;
}

/* The guest did wrong: it dies with the first REASON given, we go on. */
void kill_guest(struct domain *d, const char *reason, ...)
	__attribute__((format(printf, 2, 3)));

#endif
