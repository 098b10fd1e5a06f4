/* Genuine Xen, Debian's, made ready for `twinboot run --path xen'. */
#ifndef TOOLS_VM_TESTBED_H
#define TOOLS_VM_TESTBED_H

/*
 * The test bed's file NAME: beside the program where it was built, else where
 * `twinboot xen-testbed' puts it.  NULL when there is none; else malloc'd.
 */
char *testbed_find(const char *name);

/* Why the bed at hand cannot be used; NULL: it can. */
const char *testbed_missing(void);

#endif
