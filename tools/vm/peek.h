/* What a machine has in its memory and behind its ports, by QEMU's monitor. */
#ifndef TOOLS_VM_PEEK_H
#define TOOLS_VM_PEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/vm/qmp.h"

/* SIZE bytes of physical memory at AT.  False: QEMU does not tell. */
bool peek_memory(struct qmp *q, uint32_t at, void *to, size_t size);

/* A byte, read as the guest would, so with what that does; -1: not told. */
int peek_port(struct qmp *q, unsigned port);

#endif
