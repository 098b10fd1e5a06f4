/* Text as keys of an American PC keyboard, by QEMU's monitor. */
#ifndef TOOLS_VM_SENDKEY_H
#define TOOLS_VM_SENDKEY_H

#include <stdbool.h>

#include "tools/vm/qmp.h"

/*
 * The name that QEMU's monitor has for C's key (QKeyCode), and whether SHIFT is
 * held; NULL: no key writes it.
 */
const char *sendkey_name(char c, bool *shift);

/* Type TEXT and Enter.  -1: no key writes a part of it, or QEMU is gone. */
int sendkey_type(struct qmp *q, const char *text);

#endif
