/* A menu.lst changed so that one of its entries starts by itself. */
#ifndef TOOLS_HOST_MENU_MENUPICK_H
#define TOOLS_HOST_MENU_MENUPICK_H

#include <stddef.h>
#include <stdint.h>

/*
 * The LEN bytes at TEXT with `default ENTRY` and `timeout 0` in the header and
 * without its `fallback`; every other byte as it was.  malloc'd, *OUT_LEN
 * bytes; NULL when there is no memory.
 */
char *menupick_text(const char *text, size_t len, uint32_t entry,
		    size_t *out_len);

#endif
