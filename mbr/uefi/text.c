/*
 * Load options are UTF-16.  A menu.lst is bytes: UTF-8 when it is valid as
 * such, so that the kernel, which turns load options back into UTF-8, gets
 * the very bytes; else each byte is a Latin-1 character.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "menu/utf8.h"

static bool is_utf8(const char *s)
{
	size_t len = 1;

	while (*s && (len = utf8_length(s)))
		s += len;
	return len;
}

CHAR16 *uefi_utf16(const char *text, uint64_t *pages, uint32_t *bytes)
{
	bool utf8 = is_utf8(text);
	CHAR16 *out, *to;

	*pages = uefi_page_count((strlen(text) + 1) * sizeof(CHAR16));
	out = to = uefi_pages(*pages);
	if (!out)
		return NULL;
	while (*text) {
		size_t len = utf8 ? utf8_length(text) : 1;
		uint32_t c = utf8_decode(text, len);

		text += len;
		if (c >= 0x10000) {
			*to++ = (CHAR16)(0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		*to++ = (CHAR16)c;
	}
	*to++ = 0;
	*bytes = (uint32_t)((uint8_t *)to - (uint8_t *)out);
	return out;
}
