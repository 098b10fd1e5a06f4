/* GUIDs as text: the first three fields are stored with the last byte first. */
#ifndef TOOLS_HOST_DISK_GUID_H
#define TOOLS_HOST_DISK_GUID_H

#include <stdint.h>
#include <stdio.h>

static inline void guid_text(const uint8_t g[16], char text[37])
{
	snprintf(text, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x", g[3], g[2], g[1], g[0], g[5],
		 g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13],
		 g[14], g[15]);
}

#endif
