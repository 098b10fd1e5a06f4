/*
 * Commands that name files to be loaded.  ARGS as they stand in the line; what
 * they open goes to r->entry.
 */
#ifndef MENU_LOAD_H
#define MENU_LOAD_H

#include "menu/run.h"

/*
 * The file that the first word of *ARGS names, its name as a string of its own;
 * *ARGS moves past it.
 */
int load_open_word(struct runner *r, const char **args, const char **path,
		   struct file *out);

/* What is started by CMD: the first word of ARGS, the rest its arguments. */
int load_kernel(struct runner *r, const char *args, enum lst_cmd cmd);

int load_initrd(struct runner *r, const char *args);
int load_module(struct runner *r, const char *args);
int load_modulenounzip(struct runner *r, const char *args);

#endif
