/*
 * The end of the machine, so that a caller can tell why: power-off by ACPI S5
 * (ACPI 6.5, 4.8.3.2 and 7.4.2), reboot by a reset, a crash by QEMU's
 * isa-debug-exit (port 0xf4, value 1: QEMU ends with status 3) or, where that
 * is not there, by standing still after a last line.
 */
#include <string.h>

#include "loader/base/span.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/machine.h"

#define DEBUG_EXIT	0xf4
#define PM1_SLP_EN	0x2000
#define PM1_SCI_EN	1
#define TABLE_MAX	0x400000U	/* larger tables are nonsense */

static uint16_t pm1a, pm1b, smi_port;
static uint8_t smi_acpi_on, slp_a, slp_b;

static bool in_ram(uint64_t ma, uint64_t len)
{
	return ma && ma + len <= 1ULL << 32 && memory_mapped(ma) &&
		memory_mapped(ma + len - 1);
}

/* A whole ACPI table at MA, or an empty span. */
static struct span table_at(uint64_t ma)
{
	uint32_t len = 0;

	if (in_ram(ma, 36))
		memcpy(&len, (uint8_t *)ma_va(ma) + 4, 4);
	if (len < 36 || len > TABLE_MAX || !in_ram(ma, len))
		return span_of(NULL, 0);
	return span_of(ma_va(ma), len);
}

/* ACPI's root pointer between START and END (5.2.5.3), checksum and all. */
static struct span find_root_in(uint64_t start, uint64_t end)
{
	for (uint64_t a = start; a + 36 <= end; a += 16) {
		const uint8_t *p = ma_va(a);
		uint8_t sum = 0;

		if (memcmp(p, "RSD PTR ", 8))
			continue;
		for (unsigned i = 0; i < 20; i++)
			sum += p[i];
		if (!sum)
			return span_of(p, 36);
	}
	return span_of(NULL, 0);
}

/*
 * A BIOS has it below 1 MiB.  UEFI would tell where it is, but Multiboot has no
 * place to pass that on; it is in memory marked for ACPI.
 */
static struct span find_root(void)
{
	struct span root = find_root_in(0xe0000, 0x100000);

	for (unsigned i = 0; !root.len && i < n_acpi_ram; i++)
		if (in_ram(acpi_ram[i].start,
			   acpi_ram[i].end - acpi_ram[i].start))
			root = find_root_in(acpi_ram[i].start,
					    acpi_ram[i].end);
	return root;
}

static struct span find_table(const char *name)
{
	struct span root = find_root(), list, t;
	bool wide = span_u8(&root, 15) >= 2 && span_u64(&root, 24);
	unsigned step = wide ? 8 : 4;
	uint64_t off;

	list = table_at(wide ? span_u64(&root, 24) : span_u32(&root, 16));
	for (off = 36; off + step <= list.len; off += step) {
		t = table_at(span_le(&list, off, step));
		if (t.len && !memcmp(t.p, name, 4))
			return t;
	}
	return span_of(NULL, 0);
}

/* AML: Name (\_S5_, Package {a, b, ...}); byte constants or Zero/One. */
static bool find_s5(struct span t)
{
	uint64_t i, at;
	uint8_t *out[2] = { &slp_a, &slp_b };
	unsigned k;

	for (i = 36; i + 16 < t.len; i++)
		if (!memcmp(t.p + i, "_S5_\x12", 5))
			break;
	at = i + 5;
	at += (span_u8(&t, at) >> 6) + 1U;	/* PkgLength */
	at++;					/* NumElements */
	for (k = 0; k < 2; k++, at++) {
		if (span_u8(&t, at) == 0x0a)	/* BytePrefix */
			at++;
		*out[k] = span_u8(&t, at) & 7;
	}
	return !t.bad;
}

void power_init(void)
{
	struct span fadt = find_table("FACP");

	if (!fadt.len || !find_s5(table_at(span_u32(&fadt, 40))))
		return;
	smi_port = (uint16_t)span_u32(&fadt, 48);
	smi_acpi_on = span_u8(&fadt, 52);
	pm1a = (uint16_t)span_u32(&fadt, 64);
	pm1b = (uint16_t)span_u32(&fadt, 68);
}

/* What a port started takes its time on some machines. */
static void wait_second(void)
{
	uint64_t until = time_now() + 1000000000ULL;

	while (time_now() < until)
		__asm__ volatile("pause");
}

static void stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

void power_off(void)
{
	com_drain();
	if (pm1a && smi_port && smi_acpi_on && !(inw(pm1a) & PM1_SCI_EN))
		outb(smi_port, smi_acpi_on);
	if (pm1a)
		outw(pm1a, (uint16_t)(slp_a << 10 | PM1_SLP_EN));
	if (pm1b)
		outw(pm1b, (uint16_t)(slp_b << 10 | PM1_SLP_EN));
	wait_second();
	hv_log("this machine does not power off; it may be switched off now");
	stop();
	__builtin_unreachable();
}

void power_reset(void)
{
	com_drain();
	outb(0xcf9, 2);
	outb(0xcf9, 6);
	wait_second();
	outb(0x64, 0xfe);	/* the keyboard controller's reset line */
	stop();
	__builtin_unreachable();
}

void power_crash(void)
{
	com_drain();
	outb(DEBUG_EXIT, 1);
	hv_log("the machine stands still");
	stop();
	__builtin_unreachable();
}
