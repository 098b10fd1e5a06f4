/*
 * Instructions a PV guest executes although ring 3 may not: pv-abi of Xen,
 * emul-priv-op.  The bytes are fetched once.  Only 64-bit code is emulated.
 */
#include "pvboot/hv/pv/cpu/priv_op.h"

#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/cpu/bounce.h"
#include "pvboot/hv/pv/cpu/cpu_regs.h"
#include "pvboot/hv/pv/cpu/debug_regs.h"
#include "pvboot/hv/pv/cpu/io_ports.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/paging.h"

struct insn {
	uint8_t byte[15];
	unsigned n, at;		/* bytes read; the next one */
	uint8_t rex;
	bool word, rep;
};

unsigned priv_op_fetch(struct vcpu *v, uint8_t buf[15])
{
	uint64_t rip = v->regs.rip;
	unsigned first = (unsigned)(PAGE_SIZE - (rip & (PAGE_SIZE - 1)));

	if (first > 15)
		first = 15;
	if (!guest_read(v, buf, rip, first))
		return 0;
	if (first == 15 || !guest_read(v, buf + first, rip + first, 15 - first))
		return first;
	return 15;
}

/* Is the selector in CS one of 64-bit code? (bit 21 of its rights: L) */
static bool long_mode(struct vcpu *v)
{
	uint32_t rights = 0;

	if (v->regs.cs == SEL_KERNEL_CS)
		return true;
	__asm__("lar %1, %0" : "+r"(rights) : "r"((uint32_t)v->regs.cs)
		: "cc");
	return rights >> 21 & 1;
}

static uint64_t *reg(struct vcpu *v, unsigned n)
{
	struct regs *r = &v->regs;
	uint64_t *const map[16] = {
		&r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi,
		&r->rdi, &r->r8, &r->r9, &r->r10, &r->r11, &r->r12, &r->r13,
		&r->r14, &r->r15,
	};

	return map[n & 15];
}

uint64_t *priv_op_reg(struct vcpu *v, unsigned n)
{
	return reg(v, n);
}

static int next(struct insn *i)
{
	return i->at < i->n ? i->byte[i->at++] : -1;
}

/* Prefixes that matter or do no harm; then the opcode's first byte. */
static int opcode(struct insn *i)
{
	int b;

	while ((b = next(i)) >= 0) {
		if (b == 0x66)
			i->word = true;
		else if (b == 0xf2 || b == 0xf3)
			i->rep = true;
		else if ((b & 0xf0) == 0x40)
			i->rex = (uint8_t)b;
		else if (b != 0x2e && b != 0x36 && b != 0x3e && b != 0x26 &&
			 b != 0x64 && b != 0x65)
			break;
		if ((b & 0xf0) != 0x40)
			i->rex = 0;
	}
	return b;
}

/* MOV between a general register and control register N. */
static bool mov_cr(struct vcpu *v, unsigned n, uint64_t *r, bool write)
{
	switch (n) {
	case 0:
		if (!write)
			*r = (read_cr0() & ~(uint64_t)CR0_TS) |
				(v->ts ? CR0_TS : 0);
		else if ((*r ^ read_cr0()) & ~(uint64_t)CR0_TS)
			return false;
		else
			vcpu_set_ts(v, *r & CR0_TS);
		return true;
	case 2:
		if (write)
			v->cr2 = v->info->arch.cr2 = *r;
		else
			*r = v->cr2;
		return true;
	case 3:
		if (!write)
			*r = v->kernel_root.mfn << 12;
		else if (paging_new_root(v, *r >> 12))
			return false;
		return true;
	case 4:
		if (!write)
			*r = (read_cr4() & ~(uint64_t)(CR4_TSD | CR4_DE)) |
				v->cr4;
		else
			v->cr4 = *r & (CR4_TSD | CR4_DE);
		return true;
	}
	return false;
}

static bool mov_dr(struct vcpu *v, unsigned n, uint64_t *r, bool write)
{
	if (n == 4 || n == 5)
		n += 2;
	if (write)
		return !debug_regs_set(v, n > 7 ? 8 : n, *r);
	if (n > 7)
		return false;
	*r = v->dr[n];
	return true;
}

static bool two_byte(struct vcpu *v, struct insn *i)
{
	int op = next(i), modrm;
	unsigned cr;
	uint64_t *r;

	switch (op) {
	case 0x06:
		vcpu_set_ts(v, false);
		return true;
	case 0x08:	/* invd, wbinvd */
	case 0x09:
		return true;
	case 0x20 ... 0x23:
		modrm = next(i);
		if (modrm < 0)
			return false;
		cr = (modrm >> 3 & 7) | (i->rex & 4) << 1;
		r = reg(v, (modrm & 7) | (i->rex & 1) << 3);
		return op & 1 ? mov_dr(v, cr, r, op & 2) :
			mov_cr(v, cr, r, op & 2);
	case 0x30:
		return cpu_regs_wrmsr(v);
	case 0x32:
		return cpu_regs_rdmsr(v);
	case 0xa2:
		cpu_regs_cpuid(v);
		return true;
	}
	return false;
}

/* With REP: one unit at a time, the instruction is met again. */
static bool string_insn(struct vcpu *v, struct insn *i, uint8_t op)
{
	if (i->rep && !v->regs.rcx)
		return true;
	if (!io_ports_access(v, op, 0, i->word))
		return false;
	if (i->rep && --v->regs.rcx)
		i->at = 0;
	return true;
}

static bool execute(struct vcpu *v, struct insn *i)
{
	int op = opcode(i);

	switch (op) {
	case 0x0f:
		return v->kernel_mode && two_byte(v, i);
	case 0xfa:	/* cli, sti: the guest's IF is its event mask */
	case 0xfb:
		return v->iopl >= (v->kernel_mode ? 1 : 3);
	case 0xf4:
		if (!v->kernel_mode)
			return false;
		if (!v->info->evtchn_upcall_pending)
			vcpu_block(v);
		return true;
	case 0xe4 ... 0xe7:
		return io_ports_access(v, (uint8_t)op, (uint8_t)next(i), i->word);
	case 0xec ... 0xef:
		return io_ports_access(v, (uint8_t)op, 0, i->word);
	case 0x6c ... 0x6f:
		return string_insn(v, i, (uint8_t)op);
	}
	return false;
}

bool priv_op(struct vcpu *v)
{
	struct insn i = { .at = 0 };
	bool single = v->regs.rflags & FLAG_TF;

	if (!long_mode(v))
		return false;
	i.n = priv_op_fetch(v, i.byte);
	if (!execute(v, &i) || i.at > i.n)
		return false;
	v->regs.rip += i.at;
	v->regs.rflags &= ~(uint64_t)FLAG_RF;
	if (single && v->trap[VEC_DB].address) {
		v->dr[6] |= 0x4000;
		bounce_trap(v, VEC_DB, NO_ERROR_CODE);
	}
	return true;
}

/* ud2; "xen"; cpuid */
bool priv_op_forced_cpuid(struct vcpu *v)
{
	static const uint8_t want[] = {
		0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2
	};
	uint8_t b[15];

	if (priv_op_fetch(v, b) < sizeof(want) ||
	    memcmp(b, want, sizeof(want)))
		return false;
	cpu_regs_cpuid(v);
	v->regs.rip += sizeof(want);
	return true;
}
