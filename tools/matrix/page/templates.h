/* The templates of the page: *.html and style.css here. */
#ifndef TOOLS_MATRIX_PAGE_TEMPLATES_H
#define TOOLS_MATRIX_PAGE_TEMPLATES_H

#include <stddef.h>

/* The text of the one whose NAME is the first LEN bytes; NULL: none. */
const char *templates_find(const char *name, size_t len);

#endif
