/*
 * The power button: an event of PM1 (ACPI 6.5, 4.8.3.1), told by the system
 * control interrupt.  All other sources of that are turned off, nobody here
 * serves them.
 */
#include "pvboot/hv/machine/button.h"

#include <stddef.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/power.h"

#define PM1_BUTTON	0x0100
#define PM1_EVENTS	0xc731	/* WAK PCIEXP RTC SLPBTN PWRBTN GBL BM TMR */

static void (*pressed)(void *arg);
static void *pressed_arg;

/* The button's bit may be in either block. */
static bool sci(void *unused)
{
	const struct fadt *f = power_fadt();
	bool now = false;

	for (unsigned i = 0; i < 2; i++) {
		if (!f->status[i] || !(inw(f->status[i]) & PM1_BUTTON))
			continue;
		outw(f->status[i], PM1_BUTTON);
		now = true;
	}
	if (now)
		pressed(pressed_arg);
	return now;
}

void button_init(void (*fn)(void *arg), void *arg)
{
	const struct fadt *f = power_fadt();

	if (!f || !f->power_button || !f->status[0] || !power_acpi_on())
		return;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; f->gpe_enable[i] && k < f->gpe_bytes[i];
		     k++)
			outb((uint16_t)(f->gpe_enable[i] + k), 0);
	pressed = fn;
	pressed_arg = arg;
	for (unsigned i = 0; i < 2; i++)
		if (f->status[i]) {
			outw(f->enable[i], PM1_BUTTON);
			outw(f->status[i], PM1_EVENTS);
		}
	irq_register(f->sci, IRQ_SCI, sci, NULL);
}
