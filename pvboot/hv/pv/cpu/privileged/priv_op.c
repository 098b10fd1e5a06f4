/*
 * Instructions a PV guest executes although ring 3 may not: pv-abi of Xen,
 * emul-priv-op.  The bytes are fetched once.  Only 64-bit code is emulated.
 */
#include "pvboot/hv/pv/cpu/privileged/priv_op.h"

#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/bounce.h"
#include "pvboot/hv/pv/cpu/privileged/control_regs.h"
#include "pvboot/hv/pv/cpu/privileged/cpuid.h"
#include "pvboot/hv/pv/cpu/privileged/debug_regs.h"
#include "pvboot/hv/pv/cpu/privileged/io_ports.h"
#include "pvboot/hv/pv/cpu/privileged/msr.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/decode.h"
#include "pvboot/hv/pv/memory/paging.h"

#define DR6_SINGLE	0x4000

/* With CR4.DE there is no DR4 or DR5, else they are DR6 and DR7. */
static enum priv_result mov_dr(struct vcpu *v, unsigned n, uint64_t *r,
			       bool write)
{
	if (n > 7 || (n >> 1 == 2 && v->pv.cr4 & CR4_DE)) {
		bounce_trap(v, VEC_UD, NO_ERROR_CODE);
		return PRIV_INJECTED;
	}
	if (write)
		return debug_regs_set(v, n, *r) ? PRIV_REFUSED : PRIV_DONE;
	*r = v->pv.dr[n >> 1 == 2 ? n + 2 : n];
	return PRIV_DONE;
}

static enum priv_result load_root(struct vcpu *v, uint64_t cr3)
{
	int err = paging_settle() ? paging_new_root(v, cr3 >> 12) :
		-XEN_ERESTART;

	return !err ? PRIV_DONE : err == -XEN_ERESTART ? PRIV_AGAIN :
		PRIV_REFUSED;
}

static enum priv_result mov_special(struct vcpu *v, struct insn *i, int op)
{
	int modrm = decode_byte(i);
	unsigned n = (modrm >> 3 & 7) | (i->rex & 4) << 1;
	uint64_t *r = decode_reg(v, (modrm & 7) | (i->rex & 1) << 3);

	if (modrm < 0)
		return PRIV_REFUSED;
	if (op & 1)
		return mov_dr(v, n, r, op & 2);
	if (n == 3 && op & 2)
		return load_root(v, *r);
	return control_regs_mov(v, n, r, op & 2) ? PRIV_DONE : PRIV_REFUSED;
}

/* rdtsc and rdtscp trap when CR4.TSD keeps them from user mode. */
static bool read_tsc(struct vcpu *v)
{
	uint64_t tsc = rdtsc();

	v->regs.rax = (uint32_t)tsc;
	v->regs.rdx = tsc >> 32;
	return true;
}

/* 0f 01: by the third byte. */
static bool group_7(struct vcpu *v, struct insn *i)
{
	switch (decode_byte(i)) {
	case 0xd1:
		return control_regs_xsetbv(v);
	case 0xf9:
		v->regs.rcx = rdmsr(MSR_TSC_AUX);
		return read_tsc(v);
	}
	return false;
}

static bool two_byte_simple(struct vcpu *v, struct insn *i, int op)
{
	switch (op) {
	case 0x01:
		return group_7(v, i);
	case 0x06:
		vcpu_set_ts(v, false);
		return true;
	case 0x08:	/* invd, wbinvd: no device looks past the caches */
	case 0x09:
		return true;
	case 0x30:
		return msr_emulate_write(v);
	case 0x31:
		return read_tsc(v);
	case 0x32:
		return msr_emulate_read(v);
	case 0xa2:
		cpuid_emulate(v);
		return true;
	}
	return false;
}

static enum priv_result two_byte(struct vcpu *v, struct insn *i)
{
	int op = decode_byte(i);

	if (!v->pv.kernel_mode)
		return PRIV_REFUSED;
	if (op >= 0x20 && op <= 0x23)
		return mov_special(v, i, op);
	return two_byte_simple(v, i, op) ? PRIV_DONE : PRIV_REFUSED;
}

/*
 * in, out, ins, outs.  With REP: one unit at a time, the instruction is met
 * again.
 */
static enum priv_result port_insn(struct vcpu *v, struct insn *i, int op,
				  uint32_t *dr6)
{
	struct io_access io = {
		.port = (op & 0xf8) == 0xe0 ? (uint16_t)decode_byte(i) & 0xff :
			(uint16_t)v->regs.rdx,
		.size = op & 1 ? (i->word ? 2 : 4) : 1,
		.in = !(op & 2), .string = (op & 0xf0) == 0x60,
		.base = core_base(v, i->segment),
	};
	bool rep = io.string && i->rep;
	enum priv_result result;

	if (io.string && i->addr32)
		return PRIV_REFUSED;
	if (rep && !v->regs.rcx)
		return PRIV_DONE;
	result = io_ports_access(v, &io);
	if (result != PRIV_DONE)
		return result;
	*dr6 = debug_regs_io(v, io.port, io.size);
	if (rep && --v->regs.rcx)
		i->at = 0;
	return PRIV_DONE;
}

/* DR6: what it leaves for a #DB behind it. */
static enum priv_result execute(struct vcpu *v, struct insn *i, uint32_t *dr6)
{
	int op = decode_opcode(i);

	switch (op) {
	case 0x0f:
		return two_byte(v, i);
	case 0xfa:	/* cli, sti: the guest's IF is its event mask */
	case 0xfb:
		return v->pv.iopl >= vcpu_cpl(v) ? PRIV_DONE : PRIV_REFUSED;
	case 0xf4:
		if (!v->pv.kernel_mode)
			return PRIV_REFUSED;
		if (!v->info->evtchn_upcall_pending)
			vcpu_block(v);
		return PRIV_DONE;
	case 0xe4 ... 0xe7:
	case 0xec ... 0xef:
	case 0x6c ... 0x6f:
		return port_insn(v, i, op, dr6);
	}
	return PRIV_REFUSED;
}

bool priv_op(struct vcpu *v)
{
	bool single = v->regs.rflags & FLAG_TF;
	enum priv_result result;
	uint32_t dr6 = 0;
	struct insn i;

	if (!decode_start(v, &i))
		return false;
	result = execute(v, &i, &dr6);
	if (result == PRIV_INJECTED || result == PRIV_AGAIN)
		return true;
	if (result == PRIV_REFUSED || i.at > i.n)
		return false;
	v->regs.rip += i.at;
	v->regs.rflags &= ~(uint64_t)FLAG_RF;
	if (single)
		dr6 |= DR6_SINGLE;
	if (dr6 && v->pv.trap[VEC_DB].address) {
		v->pv.dr[6] |= dr6;
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
	uint8_t b[16];

	if (decode_fetch(v, b) < sizeof(want) ||
	    memcmp(b, want, sizeof(want)))
		return false;
	cpuid_emulate(v);
	v->regs.rip += sizeof(want);
	return true;
}
