/* /etc/fstab (fstab(5)): what a system expects to be mounted. */
#ifndef TOOLS_ADOPT_FSTAB_H
#define TOOLS_ADOPT_FSTAB_H

#include <stddef.h>

#define FSTAB_LINES 32		/* more are left out */

struct fstab_line {
	char device[80], where[80], type[24];
};

struct fstab {
	unsigned n;
	struct fstab_line line[FSTAB_LINES];
};

/* The LEN bytes at TEXT.  A line with a field too long for us is left out. */
void fstab_parse(struct fstab *f, const char *text, size_t len);

#endif
