/* How the page looks. */
#ifndef TOOLS_HTMLSTYLE_H
#define TOOLS_HTMLSTYLE_H

extern const char htmlstyle[];

#endif
