/*
 * The hypervisor's central types, and what every file of it may call.
 *
 * One physical processor, interrupts off whenever we run: no locks.  The main
 * loop (run.c) enters a vCPU, gets back an exit, handles it to its end, does
 * deferred work, and enters again.  Nothing here sleeps.
 *
 * Addresses: "mfn" is a machine frame number, "ma" a machine address, "pfn" a
 * guest's pseudo-physical frame number, "va" a virtual address.  Times are
 * nanoseconds since the hypervisor started.
 * Errors towards a guest are negative XEN_E... numbers (xen/errno.h).
 */
#ifndef PVBOOT_HV_HV_H
#define PVBOOT_HV_HV_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040d00
#include <xen/xen.h>
#include <xen/grant_table.h>
#include <xen/vcpu.h>

#define XEN_ERRNO(name, value) XEN_##name = value,
enum xen_errno {
#include <xen/errno.h>
};

/* One image: nothing is reached through a global offset table. */
#pragma GCC visibility push(hidden)

/* ---- layout of the hypervisor's hole, L4 slots 256..271 -------------------- */

#define HV_HOLE_START	0xffff800000000000ULL
#define HV_HOLE_END	0xffff880000000000ULL
#define HV_M2P		0xffff800000000000ULL	/* slot 256: the guest reads */
#define HV_DIRECT	0xffff808000000000ULL	/* slot 257: all of RAM */
#define HV_IMAGE	0xffff810000000000ULL	/* slot 258: code and data */
#define HV_GDT		0xffff818000000000ULL	/* slot 259: GDT, LDT, MMIO */
#define HV_LDT		0xffff818000010000ULL
#define HV_MMIO		0xffff818040000000ULL

#define PAGE_SIZE	4096ULL
#define INVALID_MFN	(~0ULL)

/* ---- frames ------------------------------------------------------------------ */

enum frame_type {
	FT_NONE,
	FT_L1, FT_L2, FT_L3, FT_L4,
	FT_SEGDESC,		/* descriptors: never mapped writable */
	FT_WRITABLE,
};

#define FF_PINNED	1	/* the guest pinned it: one type reference */
#define FF_SHARED	2	/* ours, lent to the guest (shared_info, grants) */
#define FF_GUEST	4	/* guest RAM: may take any type */
#define FF_VALID	8	/* a page table whose entries are all counted */

#define OWNER_FREE	0
#define OWNER_HV	1
#define OWNER_DOM(d)	((d)->id + 2)

/*
 * A machine frame.  COUNT references exist in all (present entries that map
 * it, types, pins, roots); TCOUNT of them need TYPE, which can only change
 * while TCOUNT is 0.
 */
struct frame {
	uint32_t count, tcount;
	uint32_t stamp;		/* tlb clock when TCOUNT last became 0 */
	int32_t linear;		/* >0: linear entries in it, <0: to it */
	uint8_t owner, type, flags, spare;
};

extern struct frame *frames;	/* by mfn */
extern uint64_t max_mfn;	/* one past the last frame of RAM */

#include "pvboot/hv/pv/memory/hold.h"

/* ---- events --------------------------------------------------------------- */

struct domain;
struct vcpu;

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
};

#define EVTCHN_PORTS	4096

/*
 * Raise PORT at the guest, as its peer would.  No-op for a port that is not
 * bound.
 */
void evtchn_raise(struct domain *d, unsigned port);

/* A new port with a built-in backend on its other end; 0 when there is none. */
unsigned evtchn_new_backend(struct domain *d, notify_fn *notify);

/*
 * Bind a built-in backend to PORT, which the guest has allocated unbound for
 * domain 0.  NOTIFY runs at the guest's EVTCHNOP_send.  -XEN_EINVAL.
 */
int evtchn_bind_backend(struct domain *d, unsigned port, notify_fn *notify);

/* The guest's port goes back to "unbound". */
void evtchn_unbind_backend(struct domain *d, unsigned port);

/* ---- timers and deferred work -------------------------------------------------- */

struct timer {
	uint64_t deadline;	/* ns; 0: not set */
	void (*fn)(struct timer *);
	void *arg;
	struct timer *next;	/* time.c */
};

uint64_t time_now(void);
void timer_set(struct timer *t, uint64_t deadline);
void timer_stop(struct timer *t);

/* Runs once, before a vCPU is entered next.  Interrupt handlers queue it. */
struct work {
	void (*fn)(struct work *);
	void *arg;
	struct work *next;	/* run.c */
	bool queued;
};

void work_queue(struct work *w);

/* ---- vCPU and domain ----------------------------------------------------------- */

/* Filled by the entry code (trap.S), in this order. */
struct regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t vector;	/* EXIT_... or exception or interrupt vector */
	uint64_t error;
	uint64_t rip, cs, rflags, rsp, ss;
};

#define EXIT_SYSCALL	0x100
#define EXIT_SYSCALL32	0x101
#define EXIT_BAD_IRET	0x200	/* | vector: entering the guest faulted */

struct callback {
	uint64_t address;
	bool mask_events;
};

struct trap_gate {
	uint64_t address;
	uint16_t cs;
	uint8_t flags;
};

enum vcpu_state { VCPU_OFFLINE, VCPU_RUNNABLE, VCPU_BLOCKED };

struct vcpu {
	struct regs regs __attribute__((aligned(16)));
	uint8_t fpu[512] __attribute__((aligned(16)));
	struct domain *domain;
	unsigned id;
	enum vcpu_state state;
	bool initialised;

	/* The virtual processor. */
	bool kernel_mode;
	bool ts;		/* virtual CR0.TS */
	bool in_multicall;
	bool left;		/* a hypercall has loaded new registers */
	bool sysret;		/* rcx and r11 may be lost on the way in */
	uint8_t iopl;		/* PHYSDEVOP_set_iopl, or the architectural one */
	bool arch_iopl;		/* VMASST_TYPE_architectural_iopl */
	uint64_t cr2, cr4;	/* CR4: what the guest may control */
	uint64_t dr[8];
	struct hold user_root, kernel_root; /* that of user mode: or none */
	uint64_t kernel_ss, kernel_sp;
	uint64_t fs_base, gs_kernel, gs_user;	/* when not loaded */
	struct trap_gate trap[256];
	struct callback event_cb, failsafe_cb, syscall_cb, sysenter_cb,
		syscall32_cb;
	bool nmi_pending, nmi_masked;
	uint32_t pci_latch;	/* port 0xcf8 */

	/* Descriptor tables. */
	struct hold gdt[14];
	uint64_t ldt_va;
	unsigned ldt_ents;
	struct hold ldt[16];	/* those mapped so far */

	/* What the guest shares with us. */
	vcpu_info_t *info;
	struct hold info_page;	/* none: in shared_info */
	uint64_t runstate_va;
	bool runstate_late;	/* to be written when back in kernel mode */
	vcpu_runstate_info_t runstate;

	struct timer timer, tick, poll_timer;
	uint64_t tick_period;
	bool polling;		/* SCHEDOP_poll: any of these wakes */
	unsigned n_poll;
	uint32_t poll_port[128];
	unsigned virq_port[NR_VIRQS];
};

#define GRANT_FRAMES	32

/* A grant entry in use, by the frame it named when that began. */
struct grant_active {
	uint32_t mfn;
	uint16_t readers, writers;	/* mappings: of a writer, typed */
};

#define VCPUS		1

struct domain {
	unsigned id;		/* 1.. */
	int shutdown;		/* SHUTDOWN_..., -1 while it runs */
	uint64_t nr_pages;	/* size of its p2m */
	uint64_t tot_pages;	/* frames it holds */
	shared_info_t *shared;
	uint64_t *m2p;		/* by mfn; read-only to the guest */
	uint64_t m2p_l4e;	/* what slot 256 of a kernel root holds */
	struct evtchn port[EVTCHN_PORTS];
	unsigned top_port;	/* all above are free */
	uint32_t vm_assist;

	/* Grants: the guest's table, and what of it we use. */
	unsigned grant_frames;
	struct grant_entry_v1 *grant[GRANT_FRAMES];
	struct grant_active *grant_active[GRANT_FRAMES];

	struct hold *holds;	/* all that we keep of its pages */

	/* Backends: rings in guest RAM, ports. */
	struct hold console_ring, store_ring;
	unsigned console_port, store_port;
	void *store;		/* store.c's own */
	void *blkback;		/* blkback.c's own */

	unsigned n_vcpus;
	struct vcpu vcpu[VCPUS];
};

/* ---- memory --------------------------------------------------------------------- */

static inline void *ma_va(uint64_t ma)
{
	return (void *)(HV_DIRECT + ma);
}

static inline void *mfn_va(uint64_t mfn)
{
	return ma_va(mfn << 12);
}

/* Machine address of direct-map memory or of our own code and data. */
uint64_t va_ma(const void *p);

static inline uint64_t va_mfn(const void *p)
{
	return va_ma(p) >> 12;
}

/* N zeroed contiguous pages of ours (direct map); NULL when there are none. */
void *page_alloc(unsigned n);
void page_free(void *p, unsigned n);

/* LEN bytes of device memory at MA, uncached; never unmapped.  Panics when out. */
void *mmio_map(uint64_t ma, uint64_t len);

/*
 * Guest memory by the guest's own addresses (kernel mode's tables).  The whole
 * range must lie outside the hypervisor's hole.  false: -XEN_EFAULT.
 */
bool guest_read(void *to, uint64_t va, size_t len);
bool guest_write(uint64_t va, const void *from, size_t len);

/* ---- grants to built-in backends (domain 0) ----------------------------------------- */

/*
 * The page behind REF, or NULL when the guest does not grant it so.  While it
 * is mapped the entry carries GTF_reading (and writing), and the frame cannot
 * become a page table (write) or be freed.
 */
void *grant_map(struct domain *d, uint32_t ref, bool write);
void grant_unmap(struct domain *d, uint32_t ref, bool write);

/* ---- interrupts ---------------------------------------------------------------------- */

/*
 * HANDLER runs with interrupts off at every interrupt of IRQ line 0..15 (the
 * 8259's; the number in PCI configuration byte 0x3c).  Lines may be shared.
 */
void irq_register(unsigned irq, void (*handler)(void *arg), void *arg);

/* ---- the end ------------------------------------------------------------------------- */

/* The guest did wrong: it dies with the first REASON given, we go on. */
void kill_guest(struct domain *d, const char *reason, ...)
	__attribute__((format(printf, 2, 3)));

/* A bug of ours, or a machine we cannot run on. */
void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* One line on the machine's console, "(hv) " before it. */
void hv_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#pragma GCC visibility pop

#endif
