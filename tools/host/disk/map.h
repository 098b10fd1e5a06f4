/* A disk drawn to scale, from what describe.h says of it. */
#ifndef TOOLS_HOST_DISK_MAP_H
#define TOOLS_HOST_DISK_MAP_H

#include <jansson.h>
#include <stdio.h>

/*
 * Two lines of at most WIDTH columns: numbers of partitions, and what they
 * hold.  Nothing on a disk without partitions that has no file system either.
 */
void map_text(const json_t *disk, unsigned width, FILE *out);

/* The same as SVG 1.1, with names, file systems and sizes. */
void map_svg(const json_t *disk, FILE *out);

#endif
