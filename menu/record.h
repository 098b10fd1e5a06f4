/*
 * The boot record: one line, TWINBOOT {json}, that says what was started and
 * what it cost.  The settings ask for it:
 *
 *	boot-record		path, title, files and sizes, TSC ticks
 *	boot-record=hash	also each file's SHA-256; reading all of every
 *				file for that is counted too
 */
#ifndef MENU_RECORD_H
#define MENU_RECORD_H

#include "menu/run.h"

struct record {
	const struct platform *p;
	bool hash;
	char *text;		/* the line so far */
	size_t len, size;
};

/*
 * When the settings ask for the record: write what is known by now, and have
 * the line printed when HO has been loaded.  REC lives as long as HO.  ERR_READ
 * while hashing, ERR_NO_MEMORY.
 */
int record_prepare(struct record *rec, struct runner *r,
		   struct handover *ho);

#endif
