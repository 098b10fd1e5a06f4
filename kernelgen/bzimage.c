/*
 * Composes a bzImage around the probe: setup header of any protocol version,
 * the real-mode part, the protected-mode part, payload, padding.
 *
 *	0x0000	boot sector with the PE header; at 0x1f1 the setup header
 *	0x1000	setup16.S
 *	0x2000	protected-mode part: entry.S ..., then the payload
 */
#include "kernelgen/bzimage.h"

#include <asm/bootparam.h>
#include <stdlib.h>
#include <string.h>

#include "kernelgen/blobs.h"
#include "kernelgen/padding.h"
#include "kernelgen/pe.h"
#include "loader/base/err.h"

#define SETUP16 0x1000
#define VERSION 0x1fe0		/* text, for file(1) */
#define SETUP_SIZE 0x2000
#define EFI_ENTRY 0x300		/* entry.S: the stub's, 32 bytes for each */
#define PROBE_ROOM 0x100000	/* memory the probe uses (flat.lds) */
#define HEADER 0x1f1

/* Where the header of each protocol ends: boot.rst's table of fields. */
static unsigned header_end(unsigned protocol)
{
	static const uint16_t end[] = { 0x224, 0x228, 0x22c, 0x230, 0x230,
		0x238, 0x23c, 0x248, 0x250, 0x258, 0x264, 0x268, 0x268, 0x268,
		0x268, 0x26c };

	return end[protocol & 0xf];
}

static int check(const struct bzimage *b, unsigned protocol)
{
	if (protocol < 0x200 || protocol > 0x20f)
		return fail(ERR_ARGUMENT, "protocol %x.%02u",
			    protocol >> 8, protocol & 0xff);
	if (b->entry != 64 && b->entry != 32 && b->entry != 16)
		return fail(ERR_ARGUMENT, "entry %u", b->entry);
	if ((b->entry == 64 && protocol < 0x20c) ||
	    (b->entry == 32 && protocol < 0x205) ||
	    (b->entry == 16 && protocol > 0x207))
		return fail(ERR_ARGUMENT, "protocol 2.%02u and a %u-bit entry",
			    protocol & 0xff, b->entry);
	if (b->payload && protocol < 0x208)
		return fail(ERR_ARGUMENT, "protocol 2.%02u and a payload",
			    protocol & 0xff);
	return 0;
}

static void fill_header(uint8_t *file, const struct bzimage *b,
			unsigned protocol, size_t len, size_t payload)
{
	unsigned end = header_end(protocol);
	/* QEMU writes the field at 0x22c into older headers too. */
	unsigned start = end < 0x230 ? 0x230 : end;
	struct setup_header h = {
		.setup_sects = SETUP_SIZE / 512 - 1,
		.syssize = (uint32_t)((len - SETUP_SIZE + 15) / 16),
		.vid_mode = 0xffff,
		.boot_flag = 0xaa55,
		.jump = (uint16_t)(0xeb | (start - 0x202) << 8),
		.header = 0x53726448,
		.version = (uint16_t)protocol,
		.kernel_version = VERSION - 0x200,
		.loadflags = LOADED_HIGH,
		.code32_start = 0x100000,
		.initrd_addr_max = 0x7fffffff,
		.kernel_alignment = 0x200000,
		.relocatable_kernel = b->entry != 16,
		.min_alignment = 21,
		.xloadflags = b->entry == 64 ?
			XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G : 0,
		.cmdline_size = 2047,
		.payload_offset = (uint32_t)payload,
		.payload_length = (uint32_t)b->payload_len,
		.pref_address = 0x1000000,
		.init_size = (uint32_t)(len + PROBE_ROOM),
	};
	/* The TSC first of all, then to setup16.S. */
	uint8_t code[] = { 0x0f, 0x31, 0xe9, 0, 0 };
	uint16_t jump = (uint16_t)(SETUP16 - (start + sizeof(code)));

	memcpy(file + HEADER, &h, end - HEADER < sizeof(h) ?
	       end - HEADER : sizeof(h));
	memcpy(code + 3, &jump, 2);
	memcpy(file + start, code, sizeof(code));
	memcpy(file + SETUP16, probe_setup16,
	       (size_t)(probe_setup16_end - probe_setup16));
	memcpy(file + VERSION, "twinboot probe", 15);
}

uint8_t *bzimage_make(const struct bzimage *b, size_t *len)
{
	unsigned protocol = b->protocol ? b->protocol :
		b->entry == 64 ? 0x20f : b->entry == 32 ? 0x20b : 0x202;
	size_t code = (size_t)(probe_flat_end - probe_flat);
	size_t payload = (code + 15) & ~15ul;
	size_t min = SETUP_SIZE + payload + b->payload_len;
	uint8_t *file;

	if (check(b, protocol))
		return NULL;
	/* PE wants whole sectors. */
	*len = b->size ? b->size : (min + 511) & ~511ul;
	if (*len < min || *len > UINT32_MAX - PROBE_ROOM) {
		fail(ERR_ARGUMENT, "%zu bytes; the kernel needs %zu", *len,
		     min);
		return NULL;
	}
	file = calloc(1, *len);
	if (!file) {
		fail(ERR_NO_MEMORY, "%zu bytes", *len);
		return NULL;
	}
	memcpy(file + SETUP_SIZE, probe_flat, code);
	if (b->payload)
		memcpy(file + SETUP_SIZE + payload, b->payload, b->payload_len);
	padding_fill(file + min, *len - min);
	if (b->efi != EFI_APP)
		fill_header(file, b, protocol, *len, b->payload ? payload : 0);
	if (b->efi)
		pe_header(file, SETUP16, SETUP_SIZE, *len,
			  *len + PROBE_ROOM, SETUP_SIZE + EFI_ENTRY +
			  (b->efi == EFI_APP ? 32 : 0));
	return file;
}
