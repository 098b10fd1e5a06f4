/*
 * Power off through ACPI (6.4: 5.2.5 RSDP, 5.2.9 FADT, 7.4.2 _S5): the sleep
 * type is taken from the DSDT by looking for the package _S5 as every known
 * compiler encodes it; no AML is run.
 */
#include <string.h>

#include "kernelgen/probe/io.h"
#include "kernelgen/probe/probe.h"
#include "loader/base/span.h"

#define SLP_EN 0x2000
#define SCI_EN 1

static struct span table_at(uint64_t addr)
{
	struct span head = span_of((const void *)addr, 36);
	uint32_t len = span_u32(&head, 4);

	return span_of(head.p, len < 36 || len > 1 << 20 ? 36 : len);
}

static uint64_t find_rsdp(void)
{
	for (uint64_t p = 0xe0000; p < 0x100000; p += 16)
		if (!memcmp((const void *)p, "RSD PTR ", 8))
			return p;
	return 0;
}

/* EFI's configuration table with the GUID of ACPI 2.0 (UEFI 4.6). */
uint64_t acpi_efi_rsdp(uint64_t system_table)
{
	static const uint64_t acpi20[2] = { 0x11d3e4f18868e871,
					    0x81883cc7800022bc };
	const uint64_t *systab = (const void *)system_table;
	const uint64_t *table = (const void *)systab[14];

	for (uint64_t i = 0; i < systab[13] && i < 100; i++, table += 3)
		if (table[0] == acpi20[0] && table[1] == acpi20[1])
			return table[2];
	return 0;
}

static uint64_t find_fadt(uint64_t rsdp)
{
	struct span r = span_of((const void *)rsdp, 36), t;
	unsigned width = span_u8(&r, 15) >= 2 ? 8 : 4;

	t = table_at(width == 8 ? span_u64(&r, 24) : span_u32(&r, 16));
	for (size_t i = 36; i + width <= t.len; i += width) {
		uint64_t p = span_le(&t, i, width);

		if (!memcmp((const void *)p, "FACP", 4))
			return p;
	}
	return 0;
}

/* Name _S5_, PackageOp, length, count, then SLP_TYPa as a byte constant. */
static unsigned sleep_type(struct span dsdt)
{
	for (size_t i = 36; i + 16 < dsdt.len; i++) {
		const uint8_t *p = dsdt.p + i;

		if (memcmp(p, "_S5_\x12", 5))
			continue;
		p += 6 + (p[5] >> 6) + 1;
		return *p == 0x0a ? p[1] : *p <= 1 ? *p : 0;
	}
	return 0;
}

static void sleep_now(uint16_t port, unsigned type)
{
	if (port)
		outw(port, (uint16_t)((inw(port) & SCI_EN) | type << 10 |
				      SLP_EN));
}

void acpi_poweroff(uint64_t rsdp)
{
	uint64_t fadt;

	if (!rsdp)
		rsdp = find_rsdp();
	fadt = rsdp ? find_fadt(rsdp) : 0;
	if (fadt) {
		struct span f = table_at(fadt);
		unsigned type = sleep_type(table_at(span_u32(&f, 40)));

		/* SMI_CMD <- ACPI_ENABLE, unless it is on already. */
		if (span_u32(&f, 48) &&
		    !(inw((uint16_t)span_u32(&f, 64)) & SCI_EN))
			outb((uint16_t)span_u32(&f, 48), span_u8(&f, 52));
		for (unsigned i = 0; i < 1000; i++) {
			sleep_now((uint16_t)span_u32(&f, 64), type);
			sleep_now((uint16_t)span_u32(&f, 68), type);
		}
	}
	/* QEMU's machines without such tables. */
	outw(0x604, SLP_EN);
	for (;;)
		__asm__ volatile("cli; hlt");
}
