/*
 * What a guest reports on its console: lines of a word and a JSON object.  Of
 * these a sound boot has a handful, and no guest may have more than a limit.
 */
#ifndef TOOLS_VM_RECORDS_H
#define TOOLS_VM_RECORDS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct records {
	json_t *list;		/* array of {"TWINBOOT": ..., "ms": ...}, ... */
	size_t len;		/* bytes of text that these were */
	unsigned lost;		/* more than are kept */
};

/* LINE, without its end, came MS after the start: keep it if it is a record. */
void records_take(struct records *r, const char *line, uint64_t ms);

#endif
