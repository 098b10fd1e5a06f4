/* UUIDs as text. */
#ifndef TOOLS_IMAGE_RECIPE_UUID_H
#define TOOLS_IMAGE_RECIPE_UUID_H

#include <stdbool.h>
#include <stdint.h>

bool uuid_is(const char *text);

/* TEXT, which is one, as it is stored in an ext file system. */
void uuid_parse(const char *text, uint8_t uuid[16]);

/* H's version 8 UUID (RFC 9562). */
void uuid_make(const uint8_t h[32], char out[40]);

#endif
