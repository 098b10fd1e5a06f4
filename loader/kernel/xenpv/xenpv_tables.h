/* The initial page tables of a PV domain: how many, which is which. */
#ifndef LOADER_KERNEL_XENPV_XENPV_TABLES_H
#define LOADER_KERNEL_XENPV_XENPV_TABLES_H

#include <stdint.h>

#include "loader/kernel/xenpv/xenpv.h"

/* Tables, the L4 included, that map [va, end). */
uint64_t xenpv_tables_count(uint64_t va, uint64_t end);

/* Those that the p2m list at X->p2m_va needs besides. */
uint64_t xenpv_tables_count_p2m(const struct xenpv *x);

/* Write all of them.  An error of M->page(). */
int xenpv_tables_write(const struct xenpv *x, const struct xenpv_machine *m);

#endif
