/*
 * Instructions that the guest could not execute by itself, taken apart.  The
 * bytes are fetched once, as the vCPU itself could; nothing is written here.
 */
#include "pvboot/hv/pv/memory/decode.h"

#include <string.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

unsigned decode_fetch(struct vcpu *v, uint8_t buf[16])
{
	uint64_t rip = v->regs.rip;
	unsigned first = (unsigned)(PAGE_SIZE - (rip & (PAGE_SIZE - 1)));

	if (first >= 16)	/* whole words are quicker */
		return guest_get(v, buf, rip, 2) ? 15 : 0;
	if (!guest_read(v, buf, rip, first))
		return 0;
	if (first == 15 || !guest_read(v, buf + first, rip + first, 15 - first))
		return first;
	return 15;
}

bool decode_start(struct vcpu *v, struct insn *i)
{
	i->at = 0;
	i->rex = i->segment = i->modrm = 0;
	i->word = i->rep = i->addr32 = false;
	if (!core_long_mode(v))
		return false;
	i->n = decode_fetch(v, i->byte);
	return i->n;
}

int decode_byte(struct insn *i)
{
	if (i->at < i->n)
		return i->byte[i->at++];
	i->at = i->n + 1;
	return -1;
}

uint64_t decode_imm(struct insn *i, unsigned bytes)
{
	int64_t v = 0;

	if (i->at + bytes > i->n) {
		i->at = i->n + 1;
		return 0;
	}
	memcpy(&v, i->byte + i->at, bytes);
	i->at += bytes;
	return (uint64_t)(v << (64 - bytes * 8) >> (64 - bytes * 8));
}

/* A REX prefix counts only when the opcode follows at once. */
int decode_opcode(struct insn *i)
{
	int b;

	for (;;) {
		b = decode_byte(i);
		if ((b & ~0xf) == 0x40) {
			i->rex = (uint8_t)b;
			continue;
		}
		switch (b) {
		case 0x66:
			i->word = true;
			break;
		case 0x67:
			i->addr32 = true;
			break;
		case 0xf2:
		case 0xf3:
			i->rep = true;
			break;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0x64:
		case 0x65:
			i->segment = (uint8_t)b;
			break;
		case 0xf0:	/* LOCK: all that we do is atomic */
			break;
		default:
			return b;
		}
		i->rex = 0;
	}
}

/* Base and scaled index; false: there is no base, a displacement follows. */
static bool sib(struct vcpu *v, struct insn *i, uint64_t *ea)
{
	uint8_t s = (uint8_t)decode_byte(i);
	unsigned index = (s >> 3 & 7) | (i->rex & 2) << 2;

	if (index != 4)
		*ea += *decode_reg(v, index) << (s >> 6);
	if ((s & 7) == 5 && !(i->modrm >> 6))
		return false;
	*ea += *decode_reg(v, (s & 7) | (i->rex & 1) << 3);
	return true;
}

bool decode_address(struct vcpu *v, struct insn *i, unsigned imm, uint64_t *ea)
{
	unsigned mod, rm;
	bool relative, base = true;

	i->modrm = (uint8_t)decode_byte(i);
	mod = i->modrm >> 6;
	rm = i->modrm & 7;
	if (mod == 3)
		return false;
	relative = !mod && rm == 5;
	*ea = 0;
	if (rm == 4)
		base = sib(v, i, ea);
	else if (!relative)
		*ea = *decode_reg(v, rm | (i->rex & 1) << 3);
	if (mod == 1)
		*ea += decode_imm(i, 1);
	else if (mod == 2 || relative || !base)
		*ea += decode_imm(i, 4);
	if (relative)
		*ea += v->regs.rip + i->at + imm;
	if (i->addr32)
		*ea = (uint32_t)*ea;
	if (i->segment)
		*ea += core_base(v, i->segment);
	return i->at <= i->n;
}
