/*
 * The Fixed ACPI Description Table (ACPI 6.5, 5.2.9): where the registers of
 * power management are.  Pure: bytes in, checked numbers out.
 */
#ifndef PVBOOT_HV_MACHINE_ACPI_FADT_H
#define PVBOOT_HV_MACHINE_ACPI_FADT_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/base/span.h"

/* I/O ports; 0: there is none. */
struct fadt {
	uint32_t dsdt;
	uint16_t sci;			/* interrupt */
	uint16_t smi_port;
	uint8_t acpi_on;		/* to smi_port, turns ACPI on */
	uint16_t status[2], enable[2];	/* PM1a and PM1b events */
	uint16_t control[2];		/* PM1a and PM1b */
	uint16_t timer;
	bool timer_32;			/* it has 32 bits, else 24 */
	uint16_t gpe_enable[2];
	uint8_t gpe_bytes[2];
	bool power_button;		/* an event of PM1, not a device's */
	bool rtc_missing;
};

/*
 * The sleep control register of a machine without those ("hardware-reduced"):
 * address, and whether it is a port.
 */
struct fadt_sleep {
	uint32_t dsdt;
	uint64_t at;
	bool io;
};

/* False: no such table, or one of a machine without these registers. */
bool fadt_read(struct span table, struct fadt *f);
/* False: no such table, or one of a machine with them, or without this one. */
bool fadt_read_sleep(struct span table, struct fadt_sleep *s);

#endif
