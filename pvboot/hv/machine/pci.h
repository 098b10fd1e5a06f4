/*
 * PCI configuration space by mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2), and
 * the functions found behind it.
 */
#ifndef PVBOOT_HV_MACHINE_PCI_H
#define PVBOOT_HV_MACHINE_PCI_H

#include <stdbool.h>
#include <stdint.h>

/* Bus, device and function as bits 23..8 of CONFIG_ADDRESS have them. */
struct pci_dev {
	uint32_t address;
	uint16_t vendor, device;
	uint32_t class;		/* base, sub, interface */
	/*
	 * Not 0: a virtio device that is not on PCI, with its registers there
	 * and its interrupt on LINE.  It is numbered like its twin on PCI.
	 */
	uint64_t mmio;
	unsigned line;
};

struct pci_bar {
	uint64_t base, size;	/* size 0: not there, or not assigned */
	bool io;
};

uint32_t pci_read32(const struct pci_dev *p, unsigned offset);
uint16_t pci_read16(const struct pci_dev *p, unsigned offset);
uint8_t pci_read8(const struct pci_dev *p, unsigned offset);
void pci_write32(const struct pci_dev *p, unsigned offset, uint32_t v);
void pci_write16(const struct pci_dev *p, unsigned offset, uint16_t v);

/* Call FN for each function, in bus, device, function order. */
void pci_each(void (*fn)(const struct pci_dev *p));

struct pci_bar pci_bar(const struct pci_dev *p, unsigned n);
/* Let it answer to its BARs, be bus master, and raise INTx. */
void pci_enable(const struct pci_dev *p);
/* It reaches memory no more. */
void pci_disable(const struct pci_dev *p);
/* The 8259's line that INTx arrives on: 0..15, or 255 for none. */
unsigned pci_irq(const struct pci_dev *p);
/*
 * The next capability with ID after offset AT (0: the first).  0 at the end of
 * the list, which is cut where it loops.
 */
unsigned pci_capability(const struct pci_dev *p, uint8_t id, unsigned at);

#endif
