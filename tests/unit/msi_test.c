/*
 * MSI and MSI-X of devices whose capabilities are as they may be: 32 and 64
 * bits, with masks, tables outside of their BAR, at the end of the space.
 */
#include "tests/unit/unit.h"

#include <linux/pci_regs.h>

#include "pvboot/hv/machine/interrupt/msi.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/pci.h"

enum { BAR = 0x40000000, RAM = 0x10000000 };

static uint8_t space[256];
static unsigned capability_at, capability_id;
static struct pci_bar bar;
static uint32_t table[2048 * 4];
static uint64_t mapped_at, mapped;
static const struct pci_dev dev;

/* ---- the machine ---- */

static void read(unsigned at, void *to, unsigned n)
{
	assert_true(at + n <= sizeof(space));
	memcpy(to, space + at, n);
}

uint32_t pci_read32(const struct pci_dev *p, unsigned at)
{
	uint32_t v;

	read(at, &v, sizeof(v));
	return v;
}

uint16_t pci_read16(const struct pci_dev *p, unsigned at)
{
	uint16_t v;

	read(at, &v, sizeof(v));
	return v;
}

void pci_write32(const struct pci_dev *p, unsigned at, uint32_t v)
{
	assert_true(at + 4 <= sizeof(space));
	memcpy(space + at, &v, 4);
}

void pci_write16(const struct pci_dev *p, unsigned at, uint16_t v)
{
	assert_true(at + 2 <= sizeof(space));
	memcpy(space + at, &v, 2);
}

unsigned pci_capability(const struct pci_dev *p, uint8_t id, unsigned at)
{
	return id == capability_id ? capability_at : 0;
}

struct pci_bar pci_bar(const struct pci_dev *p, unsigned n)
{
	return n == 1 ? bar : (struct pci_bar){ 0 };
}

bool memory_mapped(uint64_t ma)
{
	return ma < RAM;
}

void *memory_mmio(uint64_t ma, uint64_t len)
{
	mapped_at = ma;
	mapped = len;
	assert_true(len <= sizeof(table));
	return table;
}

/* ---- */

static void device(unsigned id, unsigned at, uint16_t flags, uint32_t where)
{
	memset(space, 0, sizeof(space));
	memset(table, 0, sizeof(table));
	mapped = 0;
	bar = (struct pci_bar){ BAR, 4096, false };
	capability_id = id;
	capability_at = at;
	pci_write16(&dev, at + 2, flags);
	pci_write32(&dev, at + 4, where);
}

static void one(void **state)
{
	device(PCI_CAP_ID_MSI, 0x50, 0x0030, 0);	/* 8 were chosen */
	assert_int_equal(msi_enable(&dev, 0x41, 3), MSI_ONE);
	assert_int_equal(pci_read16(&dev, 0x52), PCI_MSI_FLAGS_ENABLE);
	assert_int_equal(pci_read32(&dev, 0x54), 0xfee03000);
	assert_int_equal(pci_read16(&dev, 0x58), 0x41);
	assert_int_equal(pci_read16(&dev, PCI_COMMAND),
			 PCI_COMMAND_INTX_DISABLE);
	device(PCI_CAP_ID_MSI, 0x50, PCI_MSI_FLAGS_64BIT |
	       PCI_MSI_FLAGS_MASKBIT, 0);
	memset(space + 0x58, 0xff, 12);
	assert_int_equal(msi_enable(&dev, 0x41, 3), MSI_ONE);
	assert_int_equal(pci_read32(&dev, 0x58), 0);
	assert_int_equal(pci_read16(&dev, 0x5c), 0x41);
	assert_int_equal(pci_read32(&dev, 0x60), 0);
	device(PCI_CAP_ID_MSI, 0xf0, PCI_MSI_FLAGS_64BIT, 0);
	assert_int_equal(msi_enable(&dev, 0x41, 3), MSI_NONE);
	assert_int_equal(pci_read16(&dev, PCI_COMMAND), 0);
}

static void x(void **state)
{
	device(PCI_CAP_ID_MSIX, 0x50, 2, 0x801);
	table[3] = 1;
	assert_int_equal(msi_enable(&dev, 0x41, 3), MSI_X);
	assert_int_equal(mapped_at, BAR + 0x800);
	assert_int_equal(mapped, 3 * 16);
	assert_int_equal(table[0], 0xfee03000);
	assert_int_equal(table[2], 0x41);
	assert_int_equal(table[3], 0);
	assert_int_equal(table[7], 1);
	assert_int_equal(table[11], 1);
	assert_int_equal(table[15], 0);
	assert_int_equal(pci_read16(&dev, 0x52), 2 | PCI_MSIX_FLAGS_ENABLE);
	assert_int_equal(pci_read16(&dev, PCI_COMMAND),
			 PCI_COMMAND_INTX_DISABLE);
}

static void refused(void)
{
	assert_int_equal(msi_enable(&dev, 0x41, 3), MSI_NONE);
	assert_int_equal(mapped, 0);
	assert_int_equal(pci_read16(&dev, PCI_COMMAND), 0);
}

static void x_elsewhere(void **state)
{
	device(PCI_CAP_ID_MSIX, 0x50, 255, 1);		/* to its last byte */
	assert_int_equal(msi_enable(&dev, 0x41, 3), MSI_X);
	device(PCI_CAP_ID_MSIX, 0x50, 255, 9);
	refused();
	device(PCI_CAP_ID_MSIX, 0x50, 0, 0xfffffff9);
	refused();
	device(PCI_CAP_ID_MSIX, 0x50, 0, 0);		/* no such BAR */
	refused();
	device(PCI_CAP_ID_MSIX, 0x50, 0, 7);
	refused();
	device(PCI_CAP_ID_MSIX, 0x50, 0, 1);
	bar.io = true;
	refused();
	bar = (struct pci_bar){ RAM - 4096, 4096, false };
	refused();
	device(PCI_CAP_ID_MSIX, 0x50, 1, 0xff1);	/* from there on */
	bar = (struct pci_bar){ RAM - 4096, 8192, false };
	refused();
	device(PCI_CAP_ID_MSIX, 0xf8, 0, 1);
	refused();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one),
		cmocka_unit_test(x),
		cmocka_unit_test(x_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
