/* For tests of the menu.lst reader: one file at a time, parsed. */
#ifndef TESTS_UNIT_TESTLST_H
#define TESTS_UNIT_TESTLST_H

#include "menu/config/lst.h"

extern struct lst lst;

/*
 * Parse the LEN bytes at S into lst, in memory exactly as large as it may be,
 * so that ASan sees a byte too many.  Asserts that it can be parsed.
 */
void testlst_parse(const char *s, size_t len, enum lst_dialect dialect);
void testlst_free(void);

#endif
