/* Files without a name: they go with the process, however it ends. */
#ifndef TOOLS_IMAGE_SCRATCH_H
#define TOOLS_IMAGE_SCRATCH_H

/* One in DIR; NULL: in TMPDIR or /tmp.  -1 with an error reported. */
int scratch_open(const char *dir);

/* A name by which FD can be opened, also by our children; malloc'd. */
char *scratch_name(int fd);

#endif
