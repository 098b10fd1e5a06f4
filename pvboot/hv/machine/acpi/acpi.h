/* ACPI's tables, as firmware left them. */
#ifndef PVBOOT_HV_MACHINE_ACPI_ACPI_H
#define PVBOOT_HV_MACHINE_ACPI_ACPI_H

#include <stdint.h>

#include "loader/base/span.h"

/* A whole table at MA, or an empty span. */
struct span acpi_table_at(uint64_t ma);
/* The first table with this signature, or an empty span. */
struct span acpi_table(const char *name);

#endif
