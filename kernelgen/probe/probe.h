/* What a probe kernel reports, and the parts that all of its forms share. */
#ifndef KERNELGEN_PROBE_PROBE_H
#define KERNELGEN_PROBE_PROBE_H

#include <stddef.h>
#include <stdint.h>

struct probe {
	const char *entry;	/* "linux64": how we were started */
	const char *cmdline;
	const void *initrd;
	uint64_t initrd_len;
	uint64_t memory;	/* bytes of RAM */
	const char *told;	/* further fields, ",\"name\":1"; NULL: none */
	uint64_t tsc;		/* at the first instruction */
};

/* The one line PROBE {...}, given to WRITE in pieces. */
void probe_report(const struct probe *p, void (*write)(const char *, size_t));

/* COM1, polled. */
void serial_init(void);
void serial_write(const char *s, size_t len);

/*
 * Leave by ACPI S5.  RSDP: its address, 0 to search the BIOS area.  Halts
 * where that does not work.
 */
_Noreturn void acpi_poweroff(uint64_t rsdp);

/* The same from EFI's system table; 0: it has none. */
uint64_t acpi_efi_rsdp(uint64_t system_table);

/* entry.S <-> map.c: memory is mapped to itself, 4 GiB and then all. */
extern uint64_t probe_pml4[512], probe_pdpt[512], probe_pd[];
void probe_map_all(void);

/*
 * Called by entry.S: one for each way to be started.  ENTRY: which of Linux'
 * entries (0: 16-bit, 1: 32-bit, 2: 64-bit), or the loader's magic number.
 */
void probe_start(const void *info, unsigned entry, uint64_t tsc);

#endif
