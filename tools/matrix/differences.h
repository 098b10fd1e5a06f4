/*
 * Differences between boots that are to be expected, declared in a file:
 *
 *	difference {
 *		cells = "pv/xen-pv/?"
 *		fact = "command line"
 *		allow = ".* xencons=hvc0"
 *		reason = "the image's PV entry has it"
 *	}
 *
 * Cells are a shell pattern for "path/profile/entry", `allow` is an extended
 * regular expression for all of the value.
 */
#ifndef TOOLS_MATRIX_DIFFERENCES_H
#define TOOLS_MATRIX_DIFFERENCES_H

struct differences;

/* NULL with an error reported. */
struct differences *differences_read(const char *path);
void differences_release(struct differences *d);

/* Why CELL's FACT may be GOT; NULL: it may not.  D may be NULL. */
const char *differences_allow(struct differences *d, const char *cell,
			      const char *fact, const char *got);

/* Note those that never were met: the file may be out of date. */
void differences_unused(const struct differences *d);

#endif
