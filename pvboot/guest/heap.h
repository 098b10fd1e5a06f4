/* The arena's memory: one stretch of addresses, backed as it is used. */
#ifndef PVBOOT_GUEST_HEAP_H
#define PVBOOT_GUEST_HEAP_H

#include "loader/base/arena.h"

extern struct arena heap;

void heap_init(void);

/* Give frames behind what the arena uses back. */
void heap_trim(void);

#endif
