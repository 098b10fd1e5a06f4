/*
 * The environment block: NAME=VALUE lines that outlive a boot.  It is kept
 * twice; the older copy is the one that is written, so that a power cut leaves
 * the old text or the new.  Pure.
 */
#ifndef LOADER_ENV_H
#define LOADER_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENV_MAGIC "TWINENV"	/* and a NUL */
#define ENV_VERSION 1
#define ENV_TEXT 4072u		/* bytes of text at most */
#define ENV_VALUE 64u		/* bytes of a value, with its NUL */

/* A copy as it is on the disk; little-endian, the rest of text is zero. */
struct env_block {
	char magic[8];
	uint32_t version;
	uint32_t crc;		/* CRC-32 of all from sequence on */
	uint32_t sequence;	/* one more with every write */
	uint32_t length;	/* bytes of text */
	char text[ENV_TEXT];
};

_Static_assert(sizeof(struct env_block) == 4096, "a unit of the boot area");

struct env {
	unsigned newest;	/* which copy the text is from */
	uint32_t sequence;
	char text[ENV_TEXT + 1];	/* "NAME=VALUE\n"..., ends with 0 */
};

/* The newer whole one of both COPIES.  False: none is whole. */
bool env_choose(struct env *e, const struct env_block copies[2]);

/* What is to replace the copy that is not E's; E's own is that then. */
void env_make(struct env *e, struct env_block *out);

/* The value of NAME into VALUE.  False: there is none of that name. */
bool env_get(const struct env *e, const char *name, char value[ENV_VALUE]);

/*
 * Give NAME the VALUE; NULL: let there be none.  ERR_ARGUMENT for what is no
 * name (letters, digits, "-", "_", ".") or no value (printable, no blank at an
 * end); ERR_NO_MEMORY when it does not fit.
 */
int env_set(struct env *e, const char *name, const char *value);

#endif
