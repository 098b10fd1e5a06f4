/*
 * Ports, as a domain without devices sees them: reads give all ones, writes
 * vanish.  Exceptions: the PIT's channel 2 reads 0, which ends Linux'
 * calibration loop of 50,000 turns at its first; the PCI address latch.
 */
#include "pvboot/hv/pv/cpu/privileged/io_ports.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/cpu/bounce.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/guest_mem.h"

#include <xen/physdev.h>

static uint32_t port_read(struct vcpu *v, uint16_t port, unsigned size)
{
	switch (port) {
	case 0x42:
	case 0x61:
		return 0;
	case 0xcf8:
		return size == 4 ? v->pv.pci_latch : 0xffffffff;
	}
	return 0xffffffff;
}

static void port_write(struct vcpu *v, uint16_t port, unsigned size,
		       uint32_t val)
{
	if (port == 0xcf8 && size == 4)
		v->pv.pci_latch = val;
}

static uint64_t size_mask(unsigned size)
{
	return size == 4 ? 0xffffffffULL : (1ULL << size * 8) - 1;
}

/* The page fault of an access to AT that the guest's tables refuse. */
static enum priv_result refused(struct vcpu *v, uint64_t at, bool write)
{
	uint8_t byte;

	bounce_page_fault(v, at, (write ? FAULT_W : 0) |
			  (write && guest_read(v, &byte, at, 1) ? FAULT_P : 0));
	return PRIV_INJECTED;
}

/* ins and outs, one unit: rdi/rsi move on, memory as the guest has it. */
static enum priv_result string_io(struct vcpu *v, const struct io_access *io)
{
	uint64_t *reg = io->in ? &v->regs.rdi : &v->regs.rsi;
	uint64_t at = *reg + (io->in ? 0 : io->base);
	uint32_t val = 0;

	if (io->in) {
		val = port_read(v, io->port, io->size);
		if (!guest_write(v, at, &val, io->size))
			return refused(v, at, true);
	} else {
		if (!guest_read(v, &val, at, io->size))
			return refused(v, at, false);
		port_write(v, io->port, io->size, val);
	}
	*reg += v->regs.rflags & FLAG_DF ? -(uint64_t)io->size : io->size;
	return PRIV_DONE;
}

/* The guest's bitmap is in kernel memory: a set bit forbids its port. */
static bool bitmap_allows(struct vcpu *v, unsigned port, unsigned size)
{
	uint8_t map[2] = { 0xff, 0xff };
	unsigned last = port + size - 1;
	bool user = !v->pv.kernel_mode;

	if (last >= v->pv.iobmp_ports)
		return false;
	if (user)
		vcpu_toggle(v);
	if (!guest_read(v, map, v->pv.iobmp_va + port / 8,
			1 + last / 8 - port / 8))
		map[0] = map[1] = 0xff;
	if (user)
		vcpu_toggle(v);
	return !((map[0] | map[1] << 8) >> port % 8 & ((1U << size) - 1));
}

enum priv_result io_ports_access(struct vcpu *v, const struct io_access *io)
{
	uint64_t mask = size_mask(io->size);

	if (v->pv.iopl < vcpu_cpl(v) && !bitmap_allows(v, io->port, io->size))
		return PRIV_REFUSED;
	if (io->string)
		return string_io(v, io);
	if (!io->in)
		port_write(v, io->port, io->size,
			   (uint32_t)(v->regs.rax & mask));
	else if (io->size == 4)
		v->regs.rax = port_read(v, io->port, io->size);
	else
		v->regs.rax = (v->regs.rax & ~mask) |
			(port_read(v, io->port, io->size) & mask);
	return PRIV_DONE;
}

static int64_t set_iobitmap(struct vcpu *v, uint64_t arg)
{
	struct physdev_set_iobitmap map;

	if (!guest_read(v, &map, arg, sizeof(map)))
		return -XEN_EFAULT;
	if (map.nr_ports > 65536)
		return -XEN_EINVAL;
	v->pv.iobmp_va = (uint64_t)(uintptr_t)map.bitmap.p;
	v->pv.iobmp_ports = map.nr_ports;
	return 0;
}

/* physdev_op(cmd, arg): only what a domain without devices has. */
int64_t do_physdev_op(struct vcpu *v, const uint64_t *a)
{
	struct physdev_set_iopl iopl;

	switch ((uint32_t)a[0]) {
	case PHYSDEVOP_set_iopl:
		if (!guest_read(v, &iopl, a[1], sizeof(iopl)))
			return -XEN_EFAULT;
		if (iopl.iopl > 3)
			return -XEN_EINVAL;
		v->pv.iopl = (uint8_t)iopl.iopl;
		return 0;
	case PHYSDEVOP_set_iobitmap:
		return set_iobitmap(v, a[1]);
	}
	return -XEN_ENOSYS;
}
