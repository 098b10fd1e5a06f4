/* What runs before anything of an image does. */
#ifndef TOOLS_VM_FIRMWARE_H
#define TOOLS_VM_FIRMWARE_H

#include <jansson.h>

#include "tools/vm/path.h"

/* A new array of {"file", "sha256"}: A's firmware, and who comes after it. */
json_t *firmware_hash(const struct vm_args *a);

#endif
