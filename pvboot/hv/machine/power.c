/*
 * The end of the machine, so that a caller can tell why: power-off by ACPI S5
 * (ACPI 6.5, 4.8.3.2 and 7.4.2), reboot by a reset, a crash by QEMU's
 * isa-debug-exit (port 0xf4, value 1: QEMU ends with status 3) or, where that
 * is not there, by standing still after a last line.
 */
#include "pvboot/hv/machine/power.h"

#include <string.h>

#include "loader/base/span.h"
#include "pvboot/hv/machine/acpi.h"
#include "pvboot/hv/machine/com.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/log.h"
#include "pvboot/hv/machine/time.h"

#define DEBUG_EXIT	0xf4
#define PM1_SLP_EN	0x2000
#define PM1_SCI_EN	1

static uint16_t pm1a, pm1b, smi_port;
static uint8_t smi_acpi_on, slp_a, slp_b;

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
	struct span fadt = acpi_table("FACP");

	if (!fadt.len || !find_s5(acpi_table_at(span_u32(&fadt, 40))))
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
