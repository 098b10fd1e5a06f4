/*
 * Stores of the guest kernel into its read-only L1 page tables, which Linux
 * takes for granted: the instruction is decoded and becomes a checked update.
 * Forms: MOV, XCHG, CMPXCHG, XADD, AND/OR/XOR/ADD/SUB, BTS/BTR/BTC with a
 * memory destination.  What is not understood stays a page fault.
 */
#include "pvboot/hv/pv/memory/ro_page_fault.h"

#include <string.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/decode.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/paging.h"

struct store {
	struct insn i;
	unsigned size, imm;	/* 1, 2, 4, 8; bytes of immediate operand */
	uint64_t mask;		/* that of the size */
	uint64_t ea;		/* where the operand is */
	uint64_t old, val;	/* what is there, what is to be there */
	bool no_write;		/* a failed CMPXCHG */
	/* What changes when that is done: flags, and a register or none. */
	uint64_t flags, reg_val, *reg;
};

/* The register operand; AH..BH cannot be told apart without REX: refused. */
static inline bool get_reg(struct vcpu *v, struct store *s, uint64_t *val)
{
	if (s->size == 1 && !s->i.rex && decode_reg_number(&s->i) > 3)
		return false;
	*val = *decode_reg(v, decode_reg_number(&s->i)) & s->mask;
	return true;
}

static void set_reg(struct vcpu *v, struct store *s, unsigned n, uint64_t val)
{
	uint64_t m = s->mask;

	s->reg = decode_reg(v, n);
	s->reg_val = s->size >= 4 ? val & m : (*s->reg & ~m) | (val & m);
}

static void set_flags(struct store *s, uint64_t res, bool carry)
{
	uint64_t f = s->flags & ~0x8d5ULL;

	res &= s->mask;
	if (!res)
		f |= 0x40;
	if (res >> (s->size * 8 - 1))
		f |= 0x80;
	if (!(__builtin_popcountll(res & 0xff) & 1))
		f |= 4;
	s->flags = f | carry;
}

/* Group 1: ADD OR ADC SBB AND SUB XOR CMP, those that page tables see. */
static bool arithmetic(struct store *s, unsigned op, uint64_t with)
{
	bool carry = false;

	with &= s->mask;
	switch (op) {
	case 0:
		s->val = (s->old + with) & s->mask;
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
	set_flags(s, s->val, carry);
	return true;
}

/* BTS 5, BTR 6, BTC 7; the bit is within the operand. */
static bool bit_op(struct store *s, unsigned op, uint64_t bit)
{
	uint64_t m = 1ULL << (bit & (s->size * 8 - 1));

	s->flags = (s->flags & ~(uint64_t)FLAG_CF) | !!(s->old & m);
	if (op < 5)
		return false;
	s->val = op == 5 ? s->old | m : op == 6 ? s->old & ~m : s->old ^ m;
	return true;
}

static bool cmpxchg(struct vcpu *v, struct store *s)
{
	uint64_t acc = v->regs.rax & s->mask, with;

	if (!get_reg(v, s, &with))
		return false;
	set_flags(s, acc - s->old, acc < s->old);
	s->val = with;
	if (acc != s->old) {
		s->no_write = true;
		set_reg(v, s, 0, s->old);
	}
	return true;
}

/* OP is the byte behind 0f. */
static bool two_byte(struct vcpu *v, struct store *s, uint8_t op)
{
	uint64_t with;

	switch (op) {
	case 0xb0:
	case 0xb1:
		return cmpxchg(v, s);
	case 0xc0:	/* xadd */
	case 0xc1:
		if (!get_reg(v, s, &with))
			return false;
		set_reg(v, s, decode_reg_number(&s->i), s->old);
		return arithmetic(s, 0, with);
	case 0xba:
		with = decode_imm(&s->i, 1);
		return bit_op(s, s->i.modrm >> 3 & 7, with);
	case 0xab:
	case 0xb3:
	case 0xbb:	/* only bits within the operand: others move it */
		return get_reg(v, s, &with) && with < s->size * 8 &&
			bit_op(s, op >> 3 & 7, with);
	}
	return false;
}

static bool one_byte(struct vcpu *v, struct store *s, uint8_t op)
{
	uint64_t with = s->imm ? decode_imm(&s->i, s->imm) : 0;

	switch (op) {
	case 0x86:
	case 0x87:
		if (!get_reg(v, s, &s->val))
			return false;
		set_reg(v, s, decode_reg_number(&s->i), s->old);
		return true;
	case 0x88:
	case 0x89:
		return get_reg(v, s, &s->val);
	case 0xc6:
	case 0xc7:
		s->val = with & s->mask;
		return !(s->i.modrm & 0x38);
	case 0x80:
	case 0x81:
	case 0x83:
		return arithmetic(s, s->i.modrm >> 3 & 7, with);
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
			arithmetic(s, op >> 3 & 7, with);
	}
	return false;
}

/* Bytes of immediate operand behind ModRM. */
static unsigned imm_bytes(const struct store *s, bool two, uint8_t op)
{
	if (two)
		return op == 0xba;
	switch (op) {
	case 0x80:
	case 0x83:
	case 0xc6:
		return 1;
	case 0x81:
	case 0xc7:
		return s->size == 8 ? 4 : s->size;
	}
	return 0;
}

/*
 * Take the instruction apart, and do to S what it does to the entry ENTRY.  Its
 * operand must be at VA, where the fault was: an operand that begins in another
 * page and only ends in the table faults there, too.
 */
static bool decode(struct vcpu *v, struct store *s, uint64_t va, uint64_t entry)
{
	int op = decode_opcode(&s->i);
	bool two = op == 0x0f;

	if (two)
		op = decode_byte(&s->i);
	if (op < 0)
		return false;
	s->size = s->i.rex & 8 ? 8 : s->i.word ? 2 : 4;
	/* Byte forms are the even ones, of the two-byte ones only these. */
	if (two ? op == 0xb0 || op == 0xc0 : !(op & 1))
		s->size = 1;
	s->mask = ~0ULL >> (64 - s->size * 8);
	s->imm = imm_bytes(s, two, (uint8_t)op);
	if (!decode_address(v, &s->i, s->imm, &s->ea) ||
	    s->ea != va || va & (s->size - 1))
		return false;
	s->old = entry >> (va & 7) * 8 & s->mask;
	return two ? two_byte(v, s, (uint8_t)op) : one_byte(v, s, (uint8_t)op);
}

/*
 * The instruction, upon VA's entry of L1 table MFN.  What paging_replace()
 * says.
 */
static int emulate(struct vcpu *v, uint64_t va, uint64_t mfn)
{
	const uint64_t *at = (uint64_t *)core_frame(mfn) +
		((va & (PAGE_SIZE - 1)) >> 3);
	uint64_t old = __atomic_load_n(at, __ATOMIC_RELAXED), new;
	unsigned shift = (va & 7) * 8;
	struct store s;
	int err = 0;

	s.no_write = false;
	s.flags = v->regs.rflags;
	s.reg = NULL;

	if (!decode_start(v, &s.i) || !decode(v, &s, va, old) ||
	    s.i.at > s.i.n)
		return -XEN_EINVAL;
	new = (old & ~(s.mask << shift)) | (s.val & s.mask) << shift;
	if (!s.no_write)
		err = paging_replace(v->domain, mfn,
				     (va & (PAGE_SIZE - 1)) >> 3, old, new);
	if (err)
		return err;
	if (s.reg)
		*s.reg = s.reg_val;
	v->regs.rflags = s.flags;
	v->regs.rip += s.i.at;
	return 0;
}

/*
 * VA faulted on a write.  Registers change only when the update is done; when
 * the entry was changed by somebody else, or there is too much to do at a time,
 * the instruction is met again.
 */
bool ro_page_fault(struct vcpu *v, uint64_t va)
{
	uint64_t *e = paging_walk(v, va), mfn;
	struct frame *f;
	int err;

	if (!e || (*e & (PTE_P | PTE_RW)) != PTE_P)
		return false;
	mfn = (*e & PTE_ADDR) >> 12;
	f = frame_of(v->domain, mfn);
	if (!f || f->type != FT_L1 || !frame_is_table(f))
		return false;
	err = paging_settle() ? emulate(v, va, mfn) : -XEN_ERESTART;
	return !err || err == -XEN_EAGAIN || err == -XEN_ERESTART;
}
