/* How the page looks. */
#ifndef TOOLS_MATRIX_PAGE_HTMLSTYLE_H
#define TOOLS_MATRIX_PAGE_HTMLSTYLE_H

extern const char htmlstyle[];

#endif
