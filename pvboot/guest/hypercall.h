/*
 * Hypercalls by the bare `syscall` instruction (x86-64: number in rax,
 * arguments in rdi, rsi, rdx, r10, r8), which every Xen and our hypervisor
 * take from any address; no hypercall page is needed.
 */
#ifndef PVBOOT_GUEST_HYPERCALL_H
#define PVBOOT_GUEST_HYPERCALL_H

#include <stdint.h>

#include "loader/abi/xen.h"

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sched.h>

static inline long hypercall(unsigned number, uint64_t a, uint64_t b,
			     uint64_t c, uint64_t d)
{
	register uint64_t r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
			 : "0"((uint64_t)number)
			 : "rcx", "r11", "r8", "r9", "memory");
	return result;
}

static inline long hyper_sched(int op, void *arg)
{
	return hypercall(__HYPERVISOR_sched_op, op, (uint64_t)arg, 0, 0);
}

static inline long hyper_event(int op, void *arg)
{
	return hypercall(__HYPERVISOR_event_channel_op, op, (uint64_t)arg, 0,
			 0);
}

static inline long hyper_grant(int op, void *arg)
{
	return hypercall(__HYPERVISOR_grant_table_op, op, (uint64_t)arg, 1, 0);
}

static inline long hyper_map(uint64_t va, uint64_t pte)
{
	return hypercall(__HYPERVISOR_update_va_mapping, va, pte, UVMF_INVLPG,
			 0);
}

static inline long hyper_mmu(struct mmu_update *u, unsigned n)
{
	return hypercall(__HYPERVISOR_mmu_update, (uint64_t)u, n, 0,
			 DOMID_SELF);
}

static inline long hyper_mmuext(struct mmuext_op *op, unsigned n)
{
	return hypercall(__HYPERVISOR_mmuext_op, (uint64_t)op, n, 0,
			 DOMID_SELF);
}

#endif
