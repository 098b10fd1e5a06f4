/*
 * Compressions that libarchive undoes for us.  It would take one off after the
 * other, as many as there are; here it is told the one that is outermost.
 */
#ifndef TOOLS_FILTER_H
#define TOOLS_FILTER_H

#include <archive.h>
#include <stddef.h>

#define FILTER_MAGIC 8	/* bytes that are enough to know */

/* The compression of what begins with the LEN bytes at DATA; 0: none. */
int filter_of(const void *data, size_t len);

/* "gzip" ... for people; NULL for 0. */
const char *filter_name(int filter);

/* What is wrong with A; of a file that is cut short libarchive says nothing. */
const char *filter_error(struct archive *a);

/* A reads through FILTER, 0 for none, and nothing else.  0 or -1. */
int filter_add(struct archive *a, int filter);

#endif
