/*
 * What hv.efi left.  The modules are the device tree and the ranges that it
 * reserves (Devicetree Specification 0.4, 5.3): nothing else of it is read
 * here, and config_fdt.c checks the rest.
 */
#include "pvboot/hv/machine/boot/boot_efi.h"

#include "loader/base/span.h"
#include "pvboot/hv/machine/console/log.h"

#define TREE_HEADER 40
#define TREE_MAX (1u << 20)

static uint32_t be32(struct span *s, uint32_t off)
{
	return __builtin_bswap32(span_u32(s, off));
}

static uint64_t be64(struct span *s, uint32_t off)
{
	return __builtin_bswap64(span_u64(s, off));
}

static void read_tree(uint32_t ma)
{
	struct span s = span_of(ma_va(ma), TREE_HEADER);
	uint32_t size = be32(&s, 4), at = be32(&s, 16);
	uint64_t start, len;

	if (size > TREE_MAX)
		panic("hv.efi: a device tree of %u bytes", size);
	memory_found_module(ma, (uint64_t)ma + size, 0);
	s = span_of(ma_va(ma), size);
	for (;; at += 16) {
		start = be64(&s, at);
		len = be64(&s, at + 8);
		if (s.bad || (!start && !len))
			return;
		memory_found_module(start, start + len, 0);
	}
}

void boot_efi_read(uint32_t info)
{
	const struct boot_efi *b = ma_va(info);

	for (uint32_t i = 0; i < b->n; i++)
		memory_found(b->range[i].kind, b->range[i].start,
			     b->range[i].end);
	boot_info.rsdp = b->rsdp;
	boot_info.screen = b->screen;
	if (b->tree)
		read_tree(b->tree);
}
