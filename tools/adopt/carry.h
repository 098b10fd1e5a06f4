/* The bytes of OLD into NEW. */
#ifndef TOOLS_ADOPT_CARRY_H
#define TOOLS_ADOPT_CARRY_H

#include "tools/adopt/plan.h"

/* What was carried of one partition, or of a bare file system. */
struct carry_part {
	int number;		/* from 1; 0: it has no table */
	uint64_t offset;	/* in NEW, bytes */
	uint64_t size;
	uint8_t sha256[32];
};

struct carry {
	unsigned n;
	struct carry_part part[PARTS_MAX];
};

/*
 * All that P says, into FD, which has nothing but holes there; what is zero
 * stays a hole.  0, or -1 with an error reported.
 */
int carry_bytes(struct carry *c, const struct plan *p, const struct old *o,
		int fd);

/* Read FD again, and compare. */
int carry_verify(const struct carry *c, int fd);

/* HASH as 64 digits. */
void carry_hex(const uint8_t hash[32], char text[65]);

#endif
