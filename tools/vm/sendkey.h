/* Text as keys of an American PC keyboard, by QEMU's monitor. */
#ifndef TOOLS_VM_SENDKEY_H
#define TOOLS_VM_SENDKEY_H

#include <stdbool.h>

#include "tools/vm/qmp.h"

struct sendkey {
	const char *left;	/* and Enter; NULL: all is typed */
	bool has_ring, ring_used;	/* the BIOS' ring of keys */
	unsigned tail;		/* the ring's, at the beginning */
};

/*
 * The name that QEMU's monitor has for C's key (QKeyCode), and whether SHIFT is
 * held; NULL: no key writes it.
 */
const char *sendkey_name(char c, bool *shift);

/*
 * TEXT, which must stay, and Enter are to be typed.  -1: no key writes a part
 * of it, and nothing is.
 */
int sendkey_type(struct sendkey *s, struct qmp *q, const char *text);

/* Press the next key if the guest has read the last.  True: it went on. */
bool sendkey_step(struct sendkey *s, struct qmp *q);

#endif
