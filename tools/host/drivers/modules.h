/* Which drivers a kernel has: module names, built-in ones among them. */
#ifndef TOOLS_HOST_DRIVERS_MODULES_H
#define TOOLS_HOST_DRIVERS_MODULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "loader/fs/fs.h"

struct modules {
	FILE *names;
	char *text;
	size_t size;
	bool builtins;		/* a modules.builtin was found */
	bool many;		/* more names than are kept */
	bool has_probe;		/* an /init is ours, and will report */
};

void modules_open(struct modules *m);

/*
 * "6.1.0-56-amd64": what a bzImage says of itself, else "".  Whether it is one.
 */
bool modules_release(struct file *kernel, char release[80]);

/* Add those of /lib/modules in FS. */
void modules_in_root(struct modules *m, struct fs *fs);

/* Add those of one kernel there; BUILT_IN: only what is part of it. */
void modules_in_kernel(struct modules *m, struct fs *fs, const char *release,
		       bool built_in);

/*
 * Add those of the initramfs DATA, one archive after the other.  WHY: "", or
 * what is wrong with an archive that ends too early.  What it unpacks to is
 * looked at up to a limit; beyond it nothing is known.
 */
void modules_in_initrd(struct modules *m, const char *data, size_t size,
		       char why[128]);

/*
 * Names, each between '\n', malloc'd; NULL without a list of what is built in,
 * as then a driver that is missing may be there all the same.
 */
char *modules_close(struct modules *m);

/* The names that were found; ALL: what is built in is among them. */
char *modules_found(struct modules *m, bool *all);

#endif
