/* Names of files in JSON, which are any bytes. */
#ifndef TOOLS_IMAGE_TREE_NAME_JSON_H
#define TOOLS_IMAGE_TREE_NAME_JSON_H

#include <jansson.h>

/*
 * BEFORE + NAME; a name that is no UTF-8, or has a '%', with %XX for each '%',
 * control character and byte above 126, so that no two are the same.
 */
json_t *name_json(const char *before, const char *name);

/* TEXT with %XX for all but letters, digits and "-._~" (RFC 3986); malloc'd. */
char *name_escape(const char *text);

#endif
