/*
 * The virtual machine: what the core's files call of each other.  Functions
 * that return int give 0 or a count, or a negative XEN_E... number.
 */
#ifndef PVBOOT_HV_PV_CPU_DOMAIN_H
#define PVBOOT_HV_PV_CPU_DOMAIN_H

#include "pvboot/hv/hv.h"

struct hv_config;

/* Selectors of Xen's flat segments. */
#define SEL_KERNEL_CS	0xe033
#define SEL_KERNEL_SS	0xe02b

/* domain.c */
struct domain *domain_create(void);
void domain_end(struct domain *d) __attribute__((noreturn));
/* A page of ours that the guest may map writable, as the guest sees it. */
void domain_share(struct domain *d, void *page);

/* build.c: kernel and modules into the new domain, vCPU 0 ready to run. */
void domain_build(struct domain *d, const struct hv_config *c);

/* ---- frames.c: types and counts ------------------------------------------ */

struct frame *frame_of(struct domain *d, uint64_t mfn); /* NULL: not D's */
bool frame_get(struct domain *d, uint64_t mfn);
void frame_put(uint64_t mfn);
int frame_get_type(struct domain *d, uint64_t mfn, unsigned type);
void frame_put_type(uint64_t mfn);
void tlb_flush(void);
/* At the end of this hypercall; tlb_flush_wanted() does it. */
void tlb_flush_later(void);
void tlb_flush_wanted(void);
void tlb_flushed(void);	/* the caller has loaded CR3 */

/* ---- tables of the guest (paging.c) ---------------------------------------- */

int paging_validate(struct domain *d, uint64_t mfn, unsigned type);
void paging_undo(uint64_t mfn, unsigned type);
/* Replace entry SLOT of the typed table MFN, counts and all. */
int paging_set(struct domain *d, uint64_t mfn, unsigned slot, uint64_t val);
/* The L1 entry that maps VA in the guest kernel's tables, or NULL. */
uint64_t *paging_walk(struct vcpu *v, uint64_t va);
/* Set slots 256..271 of root MFN. */
void paging_fill_root(struct domain *d, uint64_t mfn, bool kernel);
/* New roots: 0 for the user root is "none". */
int paging_new_root(struct vcpu *v, uint64_t mfn);
int paging_new_user_root(struct vcpu *v, uint64_t mfn);
void paging_load(struct vcpu *v);

/* ---- traps.c, bounce.c, emulate.c ------------------------------------------- */

void trap_exit(struct vcpu *v);
void trap_deliver(struct vcpu *v);

#define NO_ERROR_CODE	(~0ULL)

/* Exception VEC to the guest's handler. */
void bounce_trap(struct vcpu *v, unsigned vec, uint64_t error);
void bounce_callback(struct vcpu *v, const struct callback *cb);
void bounce_failsafe(struct vcpu *v);
void bounce_page_fault(struct vcpu *v, uint64_t cr2, uint64_t error);
void vcpu_toggle(struct vcpu *v);
void vcpu_dump(struct vcpu *v);

/* True: done (or something was injected); false: pass the fault on. */
bool priv_op(struct vcpu *v);
bool priv_op_forced_cpuid(struct vcpu *v);
bool ro_page_fault(struct vcpu *v, uint64_t va);
/* Instruction bytes at rip, at most 15; how many could be read. */
unsigned priv_op_fetch(struct vcpu *v, uint8_t buf[15]);
uint64_t *priv_op_reg(struct vcpu *v, unsigned n);	/* rax, rcx, rdx, rbx, .. */
void cpu_regs_cpuid(struct vcpu *v);
bool cpu_regs_rdmsr(struct vcpu *v);
bool cpu_regs_wrmsr(struct vcpu *v);
bool io_ports_access(struct vcpu *v, uint8_t op, uint8_t imm, bool word);

/* ---- segments.c ---------------------------------------------------------------- */

/* Check and fix the 512 descriptors of a page. */
bool segments_validate(uint64_t mfn);
void segments_clear(unsigned gdt_page);
int segments_set_gdt(struct vcpu *v, const uint64_t *mfn, unsigned ents);
int segments_set_ldt(struct vcpu *v, uint64_t va, unsigned ents);
void segments_drop_ldt(struct vcpu *v);
/* A fault in the LDT's shadow.  False: the guest has nothing there. */
bool segments_ldt_fault(struct vcpu *v, unsigned page);
int64_t do_update_descriptor(struct vcpu *v, const uint64_t *a);
int64_t do_set_gdt(struct vcpu *v, const uint64_t *a);
int64_t do_set_segment_base(struct vcpu *v, const uint64_t *a);

/* ---- hypercalls ------------------------------------------------------------------ */

void hypercall(struct vcpu *v);
void hypercall_again(struct vcpu *v, uint64_t arg0, uint64_t arg1);
int64_t do_mmu_update(struct vcpu *v, const uint64_t *a);
int64_t do_mmuext_op(struct vcpu *v, const uint64_t *a);
int64_t do_update_va_mapping(struct vcpu *v, const uint64_t *a);
int64_t do_memory_op(struct vcpu *v, const uint64_t *a);
int64_t do_xen_version(struct vcpu *v, const uint64_t *a);
int64_t do_console_io(struct vcpu *v, const uint64_t *a);
int64_t do_vcpu_op(struct vcpu *v, const uint64_t *a);
int64_t do_sched_op(struct vcpu *v, const uint64_t *a);
int64_t do_sched_op_compat(struct vcpu *v, const uint64_t *a);
int64_t do_set_timer_op(struct vcpu *v, const uint64_t *a);
int64_t do_event_channel_op(struct vcpu *v, const uint64_t *a);
int64_t do_event_channel_compat(struct vcpu *v, const uint64_t *a);
int64_t do_grant_table_op(struct vcpu *v, const uint64_t *a);
int64_t do_physdev_op(struct vcpu *v, const uint64_t *a);
int64_t do_vm_assist(struct vcpu *v, const uint64_t *a);
int64_t do_iret(struct vcpu *v, const uint64_t *a);
int64_t do_set_trap_table(struct vcpu *v, const uint64_t *a);
int64_t do_set_callbacks(struct vcpu *v, const uint64_t *a);
int64_t do_callback_op(struct vcpu *v, const uint64_t *a);
int64_t do_stack_switch(struct vcpu *v, const uint64_t *a);
int64_t do_set_debugreg(struct vcpu *v, const uint64_t *a);
int64_t do_get_debugreg(struct vcpu *v, const uint64_t *a);
int64_t do_fpu_taskswitch(struct vcpu *v, const uint64_t *a);
int64_t do_nmi_op(struct vcpu *v, const uint64_t *a);
/* no_test_op.c, or test/audit.c in the test build */
int64_t do_test_op(struct vcpu *v, const uint64_t *a);

/* ---- vcpu.c, evtchn.c, console.c ---------------------------------------------------- */

void vcpu_init(struct vcpu *v);
void vcpu_wake(struct vcpu *v);
void vcpu_block(struct vcpu *v);
void vcpu_runstate(struct vcpu *v, unsigned state);
void vcpu_runstate_write(struct vcpu *v);
int64_t vcpu_set_timer(struct vcpu *v, uint64_t deadline);
void vcpu_set_ts(struct vcpu *v, bool ts);
void vcpu_register_callback(struct callback *c, uint64_t va, bool mask);
int vcpu_set_debugreg(struct vcpu *v, unsigned reg, uint64_t val);
bool evtchn_pending(struct domain *d, unsigned port);
void evtchn_raise_virq(struct vcpu *v, unsigned virq);
void evtchn_set_pending(struct domain *d, unsigned port);
void console_init(struct domain *d);
void console_flush(struct domain *d);
void grant_init(struct domain *d);

int64_t balloon_op(struct vcpu *v, uint32_t cmd, uint64_t arg);

/* May the guest name this range as its own memory? */
bool guest_range(uint64_t va, uint64_t len);

#endif
