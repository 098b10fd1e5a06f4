/*
 * Looking for ACPI's tables (ACPI 6.5, 5.2).  They are firmware's, so lengths
 * are checked; nothing is kept.
 */
#include "pvboot/hv/machine/acpi/acpi.h"

#include <string.h>

#include "pvboot/hv/machine/memory.h"

#define TABLE_MAX	0x400000U	/* larger tables are nonsense */

static bool in_ram(uint64_t ma, uint64_t len)
{
	if (!ma || ma > 1ULL << 32 || len > (1ULL << 32) - ma)
		return false;
	for (uint64_t at = ma; at < ma + len; at += PAGE_SIZE)
		if (!memory_mapped(at))
			return false;
	return memory_mapped(ma + len - 1);
}

/* A whole ACPI table at MA, or an empty span. */
struct span acpi_table_at(uint64_t ma)
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
 * What we were told; else a BIOS has it below 1 MiB.  UEFI would tell, but
 * Multiboot has no place to pass that on: it is in memory marked for ACPI.
 */
static struct span find_root(void)
{
	struct span root = span_of(NULL, 0);
	struct ram r;

	if (in_ram(boot_info.rsdp, 36))
		root = find_root_in(boot_info.rsdp, boot_info.rsdp + 36);
	if (!root.len)
		root = find_root_in(0xe0000, 0x100000);
	for (unsigned i = 0; !root.len && memory_next(&i, MEMORY_ACPI, &r); )
		if (in_ram(r.start, r.end - r.start))
			root = find_root_in(r.start, r.end);
	return root;
}

struct span acpi_table(const char *name)
{
	struct span root = find_root(), list, t;
	bool wide = span_u8(&root, 15) >= 2 && span_u64(&root, 24);
	unsigned step = wide ? 8 : 4;
	uint64_t off;

	list = acpi_table_at(wide ? span_u64(&root, 24) : span_u32(&root, 16));
	for (off = 36; off + step <= list.len; off += step) {
		t = acpi_table_at(span_le(&list, off, step));
		if (t.len && !memcmp(t.p, name, 4))
			return t;
	}
	return span_of(NULL, 0);
}
