/*
 * The parts of an x86 instruction (Intel SDM volume 2, chapter 2), as far as
 * emulation needs them.  64-bit code only.
 */
#ifndef PVBOOT_HV_PV_MEMORY_DECODE_H
#define PVBOOT_HV_PV_MEMORY_DECODE_H

#include "pvboot/hv/pv/domain.h"

struct insn {
	uint8_t byte[16];
	unsigned n, at;		/* bytes there; the next one, > n: too short */
	uint8_t rex, segment;	/* prefixes, or 0 */
	bool word, rep, addr32;
	uint8_t modrm;
};

/* Instruction bytes at rip, at most 15; how many could be read. */
unsigned decode_fetch(struct vcpu *v, uint8_t buf[16]);
/* The instruction at rip.  False: not 64-bit code, or nothing to be read. */
bool decode_start(struct vcpu *v, struct insn *i);
/* Prefixes; then the opcode's first byte, or -1. */
int decode_opcode(struct insn *i);
int decode_byte(struct insn *i);	/* -1: there is none */
/* BYTES (1, 2, 4) of an immediate operand, its sign extended. */
uint64_t decode_imm(struct insn *i, unsigned bytes);
/*
 * ModRM and what belongs to it, of a memory operand.  IMM bytes of immediate
 * operand follow (what rip means depends on it).  False: a register.
 */
bool decode_address(struct vcpu *v, struct insn *i, unsigned imm, uint64_t *ea);
/* Registers: the one that ModRM's reg field names; by number, rax rcx rdx .. */
static inline unsigned decode_reg_number(const struct insn *i)
{
	return (i->modrm >> 3 & 7) | (i->rex & 4) << 1;
}

#define DECODE_WORD(reg) (offsetof(struct regs, reg) / sizeof(uint64_t))

static inline uint64_t *decode_reg(struct vcpu *v, unsigned n)
{
	static const uint8_t word[16] = {
		DECODE_WORD(rax), DECODE_WORD(rcx), DECODE_WORD(rdx),
		DECODE_WORD(rbx), DECODE_WORD(rsp), DECODE_WORD(rbp),
		DECODE_WORD(rsi), DECODE_WORD(rdi), DECODE_WORD(r8),
		DECODE_WORD(r9), DECODE_WORD(r10), DECODE_WORD(r11),
		DECODE_WORD(r12), DECODE_WORD(r13), DECODE_WORD(r14),
		DECODE_WORD(r15),
	};

	return (uint64_t *)&v->regs + word[n & 15];
}

#endif
