/* trap.S: into a guest and out of it, and instructions that may fault. */
#ifndef PVBOOT_HV_MACHINE_TRAP_H
#define PVBOOT_HV_MACHINE_TRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A guest's registers.  Filled by the entry code, in this order. */
struct regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t vector;	/* EXIT_... or exception or interrupt vector */
	uint64_t error;
	uint64_t rip, cs, rflags, rsp, ss;
};

#define EXIT_SYSCALL	0x100
#define EXIT_SYSCALL32	0x101
#define EXIT_SYSENTER	0x102
#define EXIT_BAD_IRET	0x200	/* | vector: entering the guest faulted */

extern uint8_t trap_stubs[256][16];
extern uint64_t trap_regs_top;
extern uint64_t trap_sysret;
void trap_syscall(void);
void trap_syscall32(void);
void trap_sysenter(void);
void trap_enter(struct regs *r);
void trap_load_gs(uint16_t sel);
/* The access rights of a segment; 0: no such segment. */
uint32_t trap_lar(uint16_t sel);
bool trap_rdmsr(uint32_t msr, uint64_t *v);
bool trap_wrmsr(uint32_t msr, uint64_t v);

#endif
