/* trap.S: into a guest and out of it, and instructions that may fault. */
#ifndef PVBOOT_HV_MACHINE_TRAP_H
#define PVBOOT_HV_MACHINE_TRAP_H

#define EXIT_SYSCALL	0x100
#define EXIT_SYSCALL32	0x101
#define EXIT_SYSENTER	0x102
#define EXIT_BAD_IRET	0x200	/* | vector: entering the guest faulted */

/* Bytes: what IRET takes, and all of struct regs. */
#define TRAP_FRAME	40
#define TRAP_REGS	176

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pvboot/hv/machine/layout.h"

/*
 * A guest's registers, with a word behind them that is trap.S's own (struct
 * vcpu).  The entry code pushes them from the end to the front:
 *
 *	offset	pushed by
 *	168	ss		the processor, or by trap_syscall and its kin
 *	160	rsp		from rcx, r11 and what they know
 *	152	rflags
 *	144	cs
 *	136	rip
 *	128	error		the processor, or the vector's stub: 0
 *	120	vector		the stub
 *	112..0	rdi ... r15	PUSH_GPR
 */
struct regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t vector;	/* EXIT_... or exception or interrupt vector */
	uint64_t error;
	uint64_t rip, cs, rflags, rsp, ss;
};

_Static_assert(sizeof(struct regs) == TRAP_REGS, "trap.S");
_Static_assert(offsetof(struct regs, rip) == TRAP_REGS - TRAP_FRAME, "trap.S");
_Static_assert(offsetof(struct regs, vector) == 120 &&
	       offsetof(struct regs, rdi) == 112, "trap.S");

/* By processor: SYSCALL's entry of 64-bit and of 32-bit code. */
extern uint8_t trap_syscall[PROCESSORS][2][64];
/* Where they keep rsp, and where they push. */
extern struct trap_cell {
	uint64_t rsp, regs_top;
	uint64_t unused[6];
} trap_cells[PROCESSORS];
_Static_assert(sizeof(struct trap_cell) == 64, "trap.S");

extern uint8_t trap_stubs[256][16];
void trap_sysenter(void);
/* SYSRET: rcx and r11 are not the guest's to keep. */
static inline void trap_enter(struct regs *r, bool sysret)
{
	unsigned how = sysret;

	/* The main loop has little to keep: all but rbp may be lost. */
	__asm__ volatile("call trap_enter" : "+D"(r), "+S"(how) : :
			 "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11",
			 "r12", "r13", "r14", "r15", "cc", "memory");
}

_Noreturn void trap_on_stack(uint64_t rsp, void (*fn)(unsigned arg),
			     unsigned arg);
void trap_load_ds(uint16_t sel);
void trap_load_es(uint16_t sel);
void trap_load_fs(uint16_t sel);
void trap_load_gs(uint16_t sel);
/* The 512 bytes of FXSAVE. */
void trap_fxrstor(const void *area);
/* The access rights of a segment; 0: no such segment. */
uint32_t trap_lar(uint16_t sel);
bool trap_rdmsr(uint32_t msr, uint64_t *v);
bool trap_wrmsr(uint32_t msr, uint64_t v);
#endif

#endif
