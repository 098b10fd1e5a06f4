/* What images/init asks a program for, as the first word of its arguments. */
#ifndef IMAGES_PROBE_PROBE_H
#define IMAGES_PROBE_PROBE_H

/* Both: the words after it.  The exit status. */
int initrd_tell(int n, char **args);	/* none */
int load_modules(int n, char **args);	/* directory, names */
int find_partition(int n, char **args);	/* "PARTUUID=..." */

#endif
