/* Files that somebody wrote for us: texts and JSON. */
#ifndef TOOLS_TEXTFILE_H
#define TOOLS_TEXTFILE_H

#include <jansson.h>

/*
 * All of PATH, malloc'd, which is to be WHAT ("a recipe"): text of at most
 * 1 MiB.  NULL with an error reported.
 */
char *textfile_read(const char *path, const char *what);

/* PATH's JSON; NULL with an error reported, which begins with WHO, as it is. */
json_t *textfile_json(const char *who, const char *path);

#endif
