/* What runs before anything of an image does. */
#ifndef TOOLS_FIRMWARE_H
#define TOOLS_FIRMWARE_H

#include <jansson.h>

#include "tools/vmpath.h"

/* A new array of {"file", "sha256"}: A's firmware, and who comes after it. */
json_t *firmware_hash(const struct vm_args *a);

#endif
