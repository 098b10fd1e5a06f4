/* Which file may have a PVH entry. */
#ifndef LOADER_KERNEL_PVH_H
#define LOADER_KERNEL_PVH_H

#include <stdbool.h>

#include "loader/base/span.h"

/* As a kernel format's probe(): ELF64.  load() looks for the note. */
bool pvh_probe(struct span head);

#endif
