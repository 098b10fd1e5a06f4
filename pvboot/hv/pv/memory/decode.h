/*
 * The parts of an x86 instruction (Intel SDM volume 2, chapter 2), as far as
 * emulation needs them.  64-bit code only.
 */
#ifndef PVBOOT_HV_PV_MEMORY_DECODE_H
#define PVBOOT_HV_PV_MEMORY_DECODE_H

#include "pvboot/hv/pv/domain.h"

struct insn {
	uint8_t byte[15];
	unsigned n, at;		/* bytes there; the next one, > n: too short */
	uint8_t rex, segment;	/* prefixes, or 0 */
	bool word, rep, addr32;
	uint8_t modrm;
};

/* Instruction bytes at rip, at most 15; how many could be read. */
unsigned decode_fetch(struct vcpu *v, uint8_t buf[15]);
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
unsigned decode_reg_number(const struct insn *i);
uint64_t *decode_reg(struct vcpu *v, unsigned n);

#endif
