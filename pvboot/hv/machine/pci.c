/*
 * PCI as the firmware left it: we number no bus and move no BAR, we only look.
 * Relies on ports 0xcf8 and 0xcfc, which every PC chipset has.
 */
#include "pvboot/hv/machine/pci.h"

#include <linux/pci_regs.h>

#include "pvboot/hv/machine/cpu.h"

#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc
#define CONFIG_ENABLE	0x80000000u

static void select(const struct pci_dev *p, unsigned offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | p->address | (offset & 0xfc));
}

uint32_t pci_read32(const struct pci_dev *p, unsigned offset)
{
	select(p, offset);
	return inl(CONFIG_DATA);
}

uint16_t pci_read16(const struct pci_dev *p, unsigned offset)
{
	select(p, offset);
	return inw(CONFIG_DATA + (offset & 2));
}

uint8_t pci_read8(const struct pci_dev *p, unsigned offset)
{
	select(p, offset);
	return inb(CONFIG_DATA + (offset & 3));
}

void pci_write32(const struct pci_dev *p, unsigned offset, uint32_t v)
{
	select(p, offset);
	outl(CONFIG_DATA, v);
}

void pci_write16(const struct pci_dev *p, unsigned offset, uint16_t v)
{
	select(p, offset);
	outw(CONFIG_DATA + (offset & 2), v);
}

/* Fill in what ADDRESS has; false when nothing is there. */
static bool probe(uint32_t address, struct pci_dev *p)
{
	uint32_t id;

	*p = (struct pci_dev){ .address = address };
	id = pci_read32(p, PCI_VENDOR_ID);
	p->vendor = (uint16_t)id;
	p->device = (uint16_t)(id >> 16);
	if (p->vendor == 0xffff || !p->vendor)
		return false;
	p->class = pci_read32(p, PCI_CLASS_REVISION) >> 8;
	return true;
}

/* Buses are looked at in rising order; a bridge adds the one behind it. */
void pci_each(void (*fn)(const struct pci_dev *p))
{
	uint8_t known[256] = { 1 };

	for (unsigned at = 0; at < 256 * 32 * 8; at++) {
		struct pci_dev p;
		uint8_t type;

		if (!known[at >> 8]) {
			at |= 0xff;
			continue;
		}
		if (!probe(at << 8, &p)) {
			if (!(at & 7))
				at |= 7;
			continue;
		}
		type = pci_read8(&p, PCI_HEADER_TYPE);
		if ((type & 0x7f) == PCI_HEADER_TYPE_BRIDGE)
			known[pci_read8(&p, PCI_SECONDARY_BUS)] = 1;
		else
			fn(&p);
		if (!(at & 7) && !(type & 0x80))
			at |= 7;
	}
}

/* The size that BAR register OFFSET decodes: the address bits it lacks. */
static uint32_t bar_mask(const struct pci_dev *p, unsigned offset)
{
	uint32_t old = pci_read32(p, offset), mask;

	pci_write32(p, offset, ~0u);
	mask = pci_read32(p, offset);
	pci_write32(p, offset, old);
	return mask;
}

static struct pci_bar read_bar(const struct pci_dev *p, unsigned offset,
			       bool last)
{
	uint32_t low = pci_read32(p, offset), mask = bar_mask(p, offset);
	struct pci_bar b = { .io = low & PCI_BASE_ADDRESS_SPACE_IO };

	if (b.io) {
		b.base = low & PCI_BASE_ADDRESS_IO_MASK & 0xffff;
		b.size = -(mask & (uint32_t)PCI_BASE_ADDRESS_IO_MASK) & 0xffff;
		return b;
	}
	b.base = low & (uint32_t)PCI_BASE_ADDRESS_MEM_MASK;
	b.size = -(mask & (uint32_t)PCI_BASE_ADDRESS_MEM_MASK);
	if ((low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) !=
	    PCI_BASE_ADDRESS_MEM_TYPE_64)
		return b;
	if (last)
		return (struct pci_bar){ 0 };
	b.base |= (uint64_t)pci_read32(p, offset + 4) << 32;
	b.size = -((uint64_t)bar_mask(p, offset + 4) << 32 |
		   (mask & (uint32_t)PCI_BASE_ADDRESS_MEM_MASK));
	return b;
}

struct pci_bar pci_bar(const struct pci_dev *p, unsigned n)
{
	uint16_t command = pci_read16(p, PCI_COMMAND);
	struct pci_bar b;

	if (n > 5)
		return (struct pci_bar){ 0 };
	/* While a BAR is sized it must decode nothing. */
	pci_write16(p, PCI_COMMAND, command &
		    (uint16_t)~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	b = read_bar(p, PCI_BASE_ADDRESS_0 + 4 * n, n == 5);
	pci_write16(p, PCI_COMMAND, command);
	if (!b.base)
		b.size = 0;
	return b;
}

void pci_enable(const struct pci_dev *p)
{
	uint16_t command;

	if (p->mmio)
		return;
	command = pci_read16(p, PCI_COMMAND);
	command |= PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	command &= (uint16_t)~PCI_COMMAND_INTX_DISABLE;
	pci_write16(p, PCI_COMMAND, command);
}

void pci_disable(const struct pci_dev *p)
{
	uint16_t command;

	if (p->mmio)
		return;
	command = pci_read16(p, PCI_COMMAND);
	pci_write16(p, PCI_COMMAND, command & (uint16_t)~PCI_COMMAND_MASTER);
}

unsigned pci_irq(const struct pci_dev *p)
{
	unsigned line = pci_read8(p, PCI_INTERRUPT_LINE);

	return pci_read8(p, PCI_INTERRUPT_PIN) && line < 16 ? line : 255;
}

unsigned pci_capability(const struct pci_dev *p, uint8_t id, unsigned at)
{
	if (!(pci_read16(p, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return 0;
	at = pci_read8(p, at ? at + PCI_CAP_LIST_NEXT : PCI_CAPABILITY_LIST);
	for (unsigned i = 0; i < 48; i++) {
		at &= 0xfc;
		if (at < PCI_STD_HEADER_SIZEOF)
			return 0;
		if (pci_read8(p, at) == id)
			return at;
		at = pci_read8(p, at + PCI_CAP_LIST_NEXT);
	}
	return 0;
}
