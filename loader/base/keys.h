/*
 * Keys of a serial terminal: its escape sequences become the KEY_* of
 * loader/platform.h, CR becomes '\n' and DEL '\b'.
 */
#ifndef LOADER_BASE_KEYS_H
#define LOADER_BASE_KEYS_H

struct keys {
	unsigned state, number;	/* state 0: between keys */
};

/*
 * The next byte of the line, or -1 when none waits (which is what tells the
 * Escape key from the start of a sequence).  Returns a key or KEY_NONE.
 */
int keys_decode(struct keys *k, int byte);

#endif
