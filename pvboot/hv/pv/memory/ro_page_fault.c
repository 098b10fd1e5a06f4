/*
 * Stores of the guest kernel into its read-only L1 page tables, which Linux
 * takes for granted: the instruction is decoded and becomes a checked update.
 * Forms: MOV, XCHG, CMPXCHG, XADD, AND/OR/XOR/ADD/SUB, BTS/BTR/BTC with a
 * memory destination.  What is not understood stays a page fault.
 */
#include "pvboot/hv/pv/memory/ro_page_fault.h"

#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/cpu/priv_op.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/paging.h"

struct store {
	const uint8_t *b;
	unsigned n, at;
	unsigned size;		/* 1, 2, 4, 8 */
	uint8_t rex, modrm;
	uint64_t old, val;	/* what is there, what is to be there */
	bool no_write;		/* a failed CMPXCHG */
};

static uint64_t imm(struct store *s, unsigned bytes)
{
	int64_t v = 0;

	if (s->at + bytes > s->n) {
		s->at = s->n + 1;
		return 0;
	}
	memcpy(&v, s->b + s->at, bytes);
	s->at += bytes;
	return (uint64_t)(v << (64 - bytes * 8) >> (64 - bytes * 8));
}

static uint64_t mask_of(const struct store *s)
{
	return s->size == 8 ? ~0ULL : (1ULL << s->size * 8) - 1;
}

/* Skip ModRM, SIB and displacement: the address is known from the fault. */
static bool modrm(struct store *s)
{
	unsigned mod, rm;

	s->modrm = (uint8_t)imm(s, 1);
	mod = s->modrm >> 6;
	rm = s->modrm & 7;
	if (mod == 3)
		return false;
	if (rm == 4) {
		uint8_t sib = (uint8_t)imm(s, 1);

		if (!mod && (sib & 7) == 5)
			imm(s, 4);
	}
	if (mod == 1)
		imm(s, 1);
	else if (mod == 2 || (!mod && rm == 5))
		imm(s, 4);
	return s->at <= s->n;
}

static unsigned reg_number(const struct store *s)
{
	return (s->modrm >> 3 & 7) | (s->rex & 4) << 1;
}

/* The register operand; AH..BH cannot be told apart without REX: refused. */
static bool get_reg(struct vcpu *v, struct store *s, uint64_t *val)
{
	if (s->size == 1 && !s->rex && reg_number(s) > 3)
		return false;
	*val = *priv_op_reg(v, reg_number(s)) & mask_of(s);
	return true;
}

static void set_reg(struct vcpu *v, const struct store *s, unsigned n,
		    uint64_t val)
{
	uint64_t *r = priv_op_reg(v, n), m = mask_of(s);

	*r = s->size >= 4 ? val & m : (*r & ~m) | (val & m);
}

static void set_flags(struct vcpu *v, const struct store *s, uint64_t res,
		      bool carry)
{
	uint64_t f = v->regs.rflags & ~0x8d5ULL;

	res &= mask_of(s);
	if (!res)
		f |= 0x40;
	if (res >> (s->size * 8 - 1))
		f |= 0x80;
	if (!(__builtin_popcountll(res & 0xff) & 1))
		f |= 4;
	v->regs.rflags = f | carry;
}

/* Group 1: ADD OR ADC SBB AND SUB XOR CMP, those that page tables see. */
static bool arithmetic(struct vcpu *v, struct store *s, unsigned op,
		       uint64_t with)
{
	bool carry = false;

	with &= mask_of(s);
	switch (op) {
	case 0:
		s->val = (s->old + with) & mask_of(s);
		carry = s->val < with;
		break;
	case 1:
		s->val = s->old | with;
		break;
	case 4:
		s->val = s->old & with;
		break;
	case 5:
		s->val = s->old - with;
		carry = s->old < with;
		break;
	case 6:
		s->val = s->old ^ with;
		break;
	default:
		return false;
	}
	set_flags(v, s, s->val, carry);
	return true;
}

/* BTS 5, BTR 6, BTC 7; the bit is within the operand. */
static bool bit_op(struct vcpu *v, struct store *s, unsigned op, uint64_t bit)
{
	uint64_t m = 1ULL << (bit & (s->size * 8 - 1));

	v->regs.rflags &= ~(uint64_t)FLAG_CF;
	v->regs.rflags |= !!(s->old & m);
	if (op < 5)
		return false;
	s->val = op == 5 ? s->old | m : op == 6 ? s->old & ~m : s->old ^ m;
	return true;
}

static bool cmpxchg(struct vcpu *v, struct store *s)
{
	uint64_t acc = v->regs.rax & mask_of(s), with;

	if (!get_reg(v, s, &with))
		return false;
	set_flags(v, s, acc - s->old, acc < s->old);
	s->val = with;
	if (acc != s->old) {
		s->no_write = true;
		set_reg(v, s, 0, s->old);
	}
	return true;
}

static bool two_byte(struct vcpu *v, struct store *s)
{
	uint8_t op = (uint8_t)imm(s, 1);
	uint64_t with;

	if (!modrm(s))
		return false;
	switch (op) {
	case 0xb0:
	case 0xb1:
		return cmpxchg(v, s);
	case 0xc0:	/* xadd */
	case 0xc1:
		if (!get_reg(v, s, &with))
			return false;
		set_reg(v, s, reg_number(s), s->old);
		return arithmetic(v, s, 0, with);
	case 0xba:
		with = imm(s, 1);
		return bit_op(v, s, s->modrm >> 3 & 7, with);
	case 0xab:
	case 0xb3:
	case 0xbb:	/* only bits within the operand: others move it */
		return get_reg(v, s, &with) && with < s->size * 8 &&
			bit_op(v, s, op >> 3 & 7, with);
	}
	return false;
}

static bool one_byte(struct vcpu *v, struct store *s, uint8_t op)
{
	uint64_t with;

	if (!modrm(s))
		return false;
	switch (op) {
	case 0x86:
	case 0x87:
		if (!get_reg(v, s, &s->val))
			return false;
		set_reg(v, s, reg_number(s), s->old);
		return true;
	case 0x88:
	case 0x89:
		return get_reg(v, s, &s->val);
	case 0xc6:
	case 0xc7:
		s->val = imm(s, s->size == 8 ? 4 : s->size) & mask_of(s);
		return !(s->modrm & 0x38);
	case 0x80:
	case 0x81:
		with = imm(s, s->size == 8 ? 4 : s->size);
		return arithmetic(v, s, s->modrm >> 3 & 7, with);
	case 0x83:
		with = imm(s, 1);
		return arithmetic(v, s, s->modrm >> 3 & 7, with);
	case 0x00:
	case 0x01:
	case 0x08:
	case 0x09:
	case 0x20:
	case 0x21:
	case 0x28:
	case 0x29:
	case 0x30:
	case 0x31:
		return get_reg(v, s, &with) &&
			arithmetic(v, s, op >> 3 & 7, with);
	}
	return false;
}

static bool decode(struct vcpu *v, struct store *s, uint64_t entry,
		   unsigned off)
{
	uint8_t op;

	s->size = 4;
	for (op = (uint8_t)imm(s, 1); ; op = (uint8_t)imm(s, 1)) {
		if (op == 0x66)
			s->size = 2;
		else if ((op & 0xf0) == 0x40)
			s->rex = op;
		else if (op != 0xf0 && op != 0x3e && op != 0x2e &&
			 op != 0x65 && op != 0x64)
			break;
		if (s->at > s->n)
			return false;
	}
	if (s->rex & 8)
		s->size = 8;
	/* Byte forms narrow it; the old value is masked when used. */
	s->old = entry >> off * 8;
	if (!(op & 1) && op != 0x0f)
		s->size = 1;
	if (op == 0x0f && s->at < s->n &&
	    (s->b[s->at] == 0xb0 || s->b[s->at] == 0xc0))
		s->size = 1;
	if (off & (s->size - 1))
		return false;
	s->old &= mask_of(s);
	return op == 0x0f ? two_byte(v, s) : one_byte(v, s, op);
}

/*
 * VA faulted on a write.  Registers change only when the update is done, so
 * they are tried on a copy.
 */
bool ro_page_fault(struct vcpu *v, uint64_t va)
{
	uint64_t *e = paging_walk(v, va), *at, pte, mfn;
	struct store s = { .at = 0 };
	struct regs before = v->regs;
	unsigned off = va & 7;
	uint8_t b[15];
	struct frame *f;
	int err;

	if (!e || (*e & (PTE_P | PTE_RW)) != PTE_P)
		return false;
	if (!paging_settle())
		return true;	/* it will fault again */
	mfn = (*e & PTE_ADDR) >> 12;
	f = frame_of(v->domain, mfn);
	if (!f || f->type != FT_L1 || !frame_is_table(f))
		return false;
	s.b = b;
	s.n = priv_op_fetch(v, b);
	at = (uint64_t *)mfn_va(mfn) + ((va & (PAGE_SIZE - 1)) >> 3);
	pte = *at;
	if (!decode(v, &s, pte, off) || s.at > s.n)
		goto fault;
	if (!s.no_write) {
		pte &= ~(mask_of(&s) << off * 8);
		pte |= (s.val & mask_of(&s)) << off * 8;
		err = paging_replace(v->domain, mfn, (va & 4095) >> 3, *at,
				     pte);
		/* Somebody else was at it, or there is too much to do. */
		if (err == -XEN_EAGAIN || err == -XEN_ERESTART)
			goto again;
		if (err)
			goto fault;
	}
	v->regs.rip += s.at;
	return true;
again:
	v->regs = before;
	return true;
fault:
	v->regs = before;
	return false;
}
