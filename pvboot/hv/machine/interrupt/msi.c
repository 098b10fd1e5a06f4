/*
 * Messages (PCI Local Bus 3.0, 6.8), as the local APIC takes them (Intel SDM
 * volume 3, 11.11).  Where the table of MSI-X is, the device says: it is
 * checked against the BAR, which must not be memory.
 */
#include "pvboot/hv/machine/interrupt/msi.h"

#include <linux/pci_regs.h>
#include <stddef.h>

#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/pci.h"

#define ADDRESS		0xfee00000u
#define MSI_BYTES	20	/* of the capability, at most */
#define MSIX_BYTES	12

/* It lies in the 256 bytes that there are; 0: none. */
static unsigned capability(const struct pci_dev *p, uint8_t id, unsigned bytes)
{
	unsigned at = pci_capability(p, id, 0);

	return at + bytes <= 256 ? at : 0;
}

static bool enable_one(const struct pci_dev *p, uint32_t address,
		       uint16_t data)
{
	unsigned at = capability(p, PCI_CAP_ID_MSI, MSI_BYTES);
	uint16_t flags;
	bool wide;

	if (!at)
		return false;
	flags = pci_read16(p, at + PCI_MSI_FLAGS) &
		(uint16_t)~(PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
	wide = flags & PCI_MSI_FLAGS_64BIT;
	pci_write16(p, at + PCI_MSI_FLAGS, flags);
	pci_write32(p, at + PCI_MSI_ADDRESS_LO, address);
	if (wide)
		pci_write32(p, at + PCI_MSI_ADDRESS_HI, 0);
	pci_write16(p, at + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32), data);
	if (flags & PCI_MSI_FLAGS_MASKBIT)
		pci_write32(p, at + (wide ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32),
			    0);
	pci_write16(p, at + PCI_MSI_FLAGS, flags | PCI_MSI_FLAGS_ENABLE);
	return true;
}

/* Mapped by us; NULL: it is not where its device says. */
static volatile uint32_t *table(const struct pci_dev *p, unsigned at,
				unsigned entries)
{
	uint32_t where = pci_read32(p, at + PCI_MSIX_TABLE);
	uint64_t offset = where & PCI_MSIX_TABLE_OFFSET;
	uint64_t bytes = entries * (uint64_t)PCI_MSIX_ENTRY_SIZE;
	struct pci_bar b = pci_bar(p, where & PCI_MSIX_TABLE_BIR);

	if (b.io || offset > b.size || bytes > b.size - offset ||
	    memory_mapped(b.base + offset) ||
	    memory_mapped(b.base + offset + bytes - 1))
		return NULL;
	return memory_mmio(b.base + offset, bytes);
}

/* All is masked until entry 0 is written (6.8.3.2 and 6.8.3.5). */
static bool enable_x(const struct pci_dev *p, uint32_t address, uint16_t data)
{
	unsigned at = capability(p, PCI_CAP_ID_MSIX, MSIX_BYTES), entries;
	volatile uint32_t *t;
	uint16_t flags;

	if (!at)
		return false;
	flags = pci_read16(p, at + PCI_MSIX_FLAGS);
	entries = (flags & PCI_MSIX_FLAGS_QSIZE) + 1u;
	t = table(p, at, entries);
	if (!t)
		return false;
	flags |= PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL;
	pci_write16(p, at + PCI_MSIX_FLAGS, flags);
	for (unsigned i = 0; i < entries; i++)
		t[i * 4 + 3] |= PCI_MSIX_ENTRY_CTRL_MASKBIT;
	t[0] = address;
	t[1] = 0;
	t[2] = data;
	t[3] &= ~(uint32_t)PCI_MSIX_ENTRY_CTRL_MASKBIT;
	pci_write16(p, at + PCI_MSIX_FLAGS,
		    flags & (uint16_t)~PCI_MSIX_FLAGS_MASKALL);
	return true;
}

enum msi msi_enable(const struct pci_dev *p, unsigned vector, uint8_t id)
{
	const uint32_t address = ADDRESS | (uint32_t)id << 12;
	enum msi way = MSI_NONE;

	if (enable_one(p, address, (uint16_t)vector))
		way = MSI_ONE;
	else if (enable_x(p, address, (uint16_t)vector))
		way = MSI_X;
	if (way)
		pci_write16(p, PCI_COMMAND, pci_read16(p, PCI_COMMAND) |
			    PCI_COMMAND_INTX_DISABLE);
	return way;
}
