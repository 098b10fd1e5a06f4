/*
 * Which driver takes which PCI function.  One that no driver takes may still
 * be at work for the firmware (a USB controller's frame list, a network card's
 * receive ring): it loses the right to be bus master, because the memory it
 * writes to becomes the guest's.  Must run before the guest's memory is given
 * out.
 */
#include "pvboot/hv/drivers/drivers.h"

#include "pvboot/hv/drivers/conf.h"
#include "pvboot/hv/drivers/virtio_mmio.h"
#include "pvboot/hv/machine/console/log.h"

/* Base classes (PCI Code and ID Assignment 1.9, section 1). */
enum { BASE_STORAGE = 0x01, BASE_NETWORK = 0x02, BASE_BRIDGE = 0x06 };

static bool take(const struct pci_dev *p)
{
	for (unsigned i = 0; conf_drivers[i]; i++)
		if (conf_drivers[i]->knows(p))
			return conf_drivers[i]->start(p);
	if (p->class >> 16 == BASE_STORAGE || p->class >> 16 == BASE_NETWORK)
		hv_log("pci %x: no driver for %x:%x, class %x",
		       p->address >> 8, p->vendor, p->device, p->class);
	return false;
}

static void found(const struct pci_dev *p)
{
	/* Bridges pass on what others do; their own DMA is the chipset's. */
	if (!take(p) && p->class >> 16 != BASE_BRIDGE)
		pci_disable(p);
}

void drivers_init(void)
{
	pci_each(found);
}

void drivers_add_mmio(uint64_t base, unsigned line)
{
	struct pci_dev p;

	if (virtio_mmio_find(base, line, &p))
		found(&p);
}
