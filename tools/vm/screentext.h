/* The text on a machine's VGA screen. */
#ifndef TOOLS_VM_SCREENTEXT_H
#define TOOLS_VM_SCREENTEXT_H

#include "tools/vm/qmp.h"

/*
 * All that VGA's text memory has, malloc'd, a line each; more than is shown,
 * and older.  NULL: nobody can tell.
 */
char *screentext_all(struct qmp *q);

/*
 * The lines that are shown, malloc'd; NULL when the screen has a picture.  The
 * guest must have ended: its CRTC's index is changed.
 */
char *screentext_shown(struct qmp *q);

#endif
