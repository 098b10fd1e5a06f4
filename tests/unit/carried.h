/*
 * For tests of files that carry a kernel: one that is "LINUX" is only noted,
 * and what it was loaded with.
 */
#ifndef TESTS_UNIT_CARRIED_H
#define TESTS_UNIT_CARRIED_H

#include "tests/unit/unit.h"

#include "loader/kernel/kernel.h"

static struct boot_entry entry, *loaded;

static bool carried_probe(struct span head)
{
	const uint8_t *p = span_at(&head, 0, 5);

	return p && !memcmp(p, "LINUX", 5);
}

static int carried_load(struct boot_entry *e, const struct memmap *map,
			struct arena *a, struct handover *ho)
{
	loaded = e;
	return 0;
}

/* One that is a bzImage as well, by its header; text. */
static inline const char *carried_bzimage(void)
{
	static char text[0x209];

	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "LINUX", 5);
	memcpy(text + 0x1fe, "\x55\xaa", 2);
	memcpy(text + 0x202, "HdrS\x0f\x02", 6);
	return text;
}

static const struct kernel_format carried = { "fake", carried_probe,
					      carried_load, BY_KERNEL };
static const struct kernel_format *const kernels[] = { &carried, NULL };

#endif
