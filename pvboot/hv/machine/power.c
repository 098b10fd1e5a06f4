/*
 * The end of the machine, so that a caller can tell why: power-off by ACPI S5
 * (ACPI 6.5, 4.8.3.2, 4.8.3.7 and 7.4.2), reboot by a reset, a crash by QEMU's
 * isa-debug-exit (port 0xf4, value 1: QEMU ends with status 3) or, where that
 * is not there, by standing still after a last line.
 */
#include "pvboot/hv/machine/power.h"

#include <stddef.h>
#include <string.h>

#include "loader/base/span.h"
#include "pvboot/hv/machine/acpi/acpi.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/console/tty.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/memory.h"

#define DEBUG_EXIT	0xf4
#define PM1_SLP_EN	0x2000
#define PM1_SCI_EN	1
#define SLEEP_EN	0x20	/* of the sleep control register */

static struct fadt fadt;
static struct fadt_sleep reduced;
static volatile uint8_t *sleep_control;	/* NULL: at a port, or not there */
static bool present, can_sleep;
static uint8_t sleep_type[2];	/* for PM1a and PM1b */

/* AML: Name (\_S5_, Package {a, b, ...}); byte constants or Zero/One. */
static bool find_s5(struct span t)
{
	uint64_t i, at;
	unsigned k;

	for (i = 36; i + 5 < t.len; i++)
		if (!memcmp(t.p + i, "_S5_\x12", 5))
			break;
	if (i + 5 >= t.len)
		return false;
	at = i + 5;
	at += (span_u8(&t, at) >> 6) + 1U;	/* PkgLength */
	at++;					/* NumElements */
	for (k = 0; k < 2; k++, at++) {
		if (span_u8(&t, at) == 0x0a)	/* BytePrefix */
			at++;
		sleep_type[k] = span_u8(&t, at) & 7;
	}
	return !t.bad;
}

void power_init(void)
{
	struct span t = acpi_table("FACP");

	present = fadt_read(t, &fadt);
	if (present)
		can_sleep = find_s5(acpi_table_at(fadt.dsdt));
	if (present || !fadt_read_sleep(t, &reduced) ||
	    !find_s5(acpi_table_at(reduced.dsdt)))
		return;
	if (!reduced.io)
		sleep_control = memory_mmio(reduced.at, 1);
	can_sleep = true;
}

const struct fadt *power_fadt(void)
{
	return present ? &fadt : NULL;
}

static void wait_until(uint64_t until)
{
	while (time_now() < until)
		__asm__ volatile("pause");
}

/* What a port started takes its time on some machines. */
static void wait_second(void)
{
	wait_until(time_now() + 1000000000ULL);
}

static bool acpi_is_on(void)
{
	return inw(fadt.control[0]) & PM1_SCI_EN;
}

bool power_acpi_on(void)
{
	if (!present || !fadt.control[0])
		return false;
	if (!acpi_is_on() && fadt.smi_port && fadt.acpi_on) {
		outb(fadt.smi_port, fadt.acpi_on);
		for (unsigned i = 0; i < 300 && !acpi_is_on(); i++)
			wait_until(time_now() + 1000000);
	}
	return acpi_is_on();
}

static void stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void sleep_reduced(void)
{
	uint8_t value = (uint8_t)(sleep_type[0] << 2 | SLEEP_EN);

	if (sleep_control)
		*sleep_control = value;
	else
		outb((uint16_t)reduced.at, value);
}

void power_off(void)
{
	tty_drain();
	power_acpi_on();
	if (can_sleep && !present)
		sleep_reduced();
	for (unsigned i = 0; can_sleep && i < 2; i++)
		if (fadt.control[i])
			outw(fadt.control[i],
			     (uint16_t)(sleep_type[i] << 10 | PM1_SLP_EN));
	wait_second();
	hv_log("this machine does not power off; it may be switched off now");
	stop();
	__builtin_unreachable();
}

void power_reset(void)
{
	tty_drain();
	outb(0xcf9, 2);
	outb(0xcf9, 6);
	wait_second();
	outb(0x64, 0xfe);	/* the keyboard controller's reset line */
	stop();
	__builtin_unreachable();
}

void power_crash(void)
{
	tty_drain();
	outb(DEBUG_EXIT, 1);
	hv_log("the machine stands still");
	stop();
	__builtin_unreachable();
}
