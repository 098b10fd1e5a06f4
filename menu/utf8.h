/* UTF-8: which bytes are, and what they mean. */
#ifndef MENU_UTF8_H
#define MENU_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length of the UTF-8 sequence at S (NUL-terminated), 1 to 4; 0 when the
 * byte there begins none (overlong, a surrogate, cut off, above U+10FFFF).
 */
size_t utf8_length(const char *s);

/* The character of LEN bytes at S, which utf8_length() has checked. */
uint32_t utf8_decode(const char *s, size_t len);

#endif
