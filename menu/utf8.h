/* Which bytes are UTF-8: for JSON, which cannot carry any others. */
#ifndef MENU_UTF8_H
#define MENU_UTF8_H

#include <stddef.h>

/*
 * The length of the UTF-8 sequence at S (NUL-terminated), 1 to 4; 0 when the
 * byte there begins none (overlong, a surrogate, cut off, above U+10FFFF).
 */
size_t utf8_length(const char *s);

#endif
