/*
 * Entries of the UAPI group's Boot Loader Specification, as text of a menu.lst.
 * Pure.
 */
#ifndef MENU_CONFIG_BLS_H
#define MENU_CONFIG_BLS_H

#include <stddef.h>

#define BLS_FILE_MAX 4096u	/* bytes of an entry's file */
#define BLS_TEXT_MAX 4608u	/* of what it becomes */

/*
 * Type 1: TEXT, of the file NAME on the device ROOT, as an entry in OUT, which
 * has BLS_TEXT_MAX bytes.  Its length; 0: it is not for us, or names what a
 * line of menu.lst cannot.
 */
size_t bls_entry(const char *text, const char *name, const char *root,
		 char *out);

/* Type 2: the image NAME in /EFI/Linux of ROOT; the same. */
size_t bls_image(const char *name, const char *root, char *out);

/* Like strcmp, but numbers in them count as such: linux-10 is after linux-9. */
int bls_compare(const char *a, const char *b);

#endif
