/* Text to bytes and back; nothing here is random. */
#include "tools/image/recipe/uuid.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool uuid_is(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	/* All zero is how a file system or a table says that it has none. */
	return i == 36 && strspn(s, "0-") < 36;
}

void uuid_parse(const char *text, uint8_t uuid[16])
{
	unsigned n = 0;

	for (const char *p = text; *p && n < 16; p++)
		if (*p != '-' && sscanf(p++, "%2hhx", &uuid[n++]) != 1)
			break;
}

void uuid_make(const uint8_t hash[32], char out[40])
{
	uint8_t h[16];

	memcpy(h, hash, sizeof(h));
	h[6] = (h[6] & 0x0f) | 0x80;	/* RFC 9562: version 8, "custom" */
	h[8] = (h[8] & 0x3f) | 0x80;
	snprintf(out, 40, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x", h[0], h[1], h[2], h[3], h[4],
		 h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13],
		 h[14], h[15]);
}
