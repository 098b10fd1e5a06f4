/*
 * Ports, as a domain without devices sees them: reads give all ones, writes
 * vanish.  Exceptions: the PIT's channel 2 reads 0, which ends Linux'
 * calibration loop of 50,000 turns at its first; the PCI address latch.
 */
#include "pvboot/hv/pv/cpu/io_ports.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/physdev.h>

static uint32_t port_read(struct vcpu *v, uint16_t port, unsigned size)
{
	switch (port) {
	case 0x42:
	case 0x61:
		return 0;
	case 0xcf8:
		return size == 4 ? v->pci_latch : 0xffffffff;
	}
	return 0xffffffff;
}

static void port_write(struct vcpu *v, uint16_t port, unsigned size,
		       uint32_t val)
{
	if (port == 0xcf8 && size == 4)
		v->pci_latch = val;
}

static uint64_t size_mask(unsigned size)
{
	return size == 4 ? 0xffffffffULL : (1ULL << size * 8) - 1;
}

/* ins and outs, one unit: rdi/rsi move on, memory as the guest has it. */
static bool string_io(struct vcpu *v, bool in, uint16_t port, unsigned size)
{
	uint64_t *at = in ? &v->regs.rdi : &v->regs.rsi;
	uint32_t val = 0;

	if (in) {
		val = port_read(v, port, size);
		if (!guest_write(v, *at, &val, size))
			return false;
	} else {
		if (!guest_read(v, &val, *at, size))
			return false;
		port_write(v, port, size, val);
	}
	*at += v->regs.rflags & FLAG_DF ? -(uint64_t)size : size;
	return true;
}

bool io_ports_access(struct vcpu *v, uint8_t op, uint8_t imm, bool word)
{
	unsigned size = op & 1 ? (word ? 2 : 4) : 1;
	uint16_t port = (op & 0xf8) == 0xe0 ? imm : (uint16_t)v->regs.rdx;
	bool in = !(op & 2);
	uint64_t mask = size_mask(size);

	if (v->iopl < (v->kernel_mode ? 1 : 3))
		return false;
	if ((op & 0xf0) == 0x60)
		return string_io(v, in, port, size);
	if (!in)
		port_write(v, port, size, (uint32_t)(v->regs.rax & mask));
	else if (size == 4)
		v->regs.rax = port_read(v, port, size);
	else
		v->regs.rax = (v->regs.rax & ~mask) |
			(port_read(v, port, size) & mask);
	return true;
}

/* physdev_op(cmd, arg): only what a domain without devices has. */
int64_t do_physdev_op(struct vcpu *v, const uint64_t *a)
{
	struct physdev_set_iopl iopl;
	struct physdev_set_iobitmap map;

	switch ((uint32_t)a[0]) {
	case PHYSDEVOP_set_iopl:
		if (!guest_read(v, &iopl, a[1], sizeof(iopl)))
			return -XEN_EFAULT;
		if (iopl.iopl > 3)
			return -XEN_EINVAL;
		v->iopl = (uint8_t)iopl.iopl;
		return 0;
	case PHYSDEVOP_set_iobitmap:	/* there are no ports to allow */
		return guest_read(v, &map, a[1], sizeof(map)) &&
			map.nr_ports <= 65536 ? 0 : -XEN_EINVAL;
	}
	return -XEN_ENOSYS;
}
