/* What adopt found and did, for people and as JSON. */
#ifndef TOOLS_ADOPT_TELL_H
#define TOOLS_ADOPT_TELL_H

#include <jansson.h>

#include "tools/adopt/carry.h"

struct tell {
	const struct old *old;
	const struct plan *plan;
	bool pv_auto;
	const struct carry *carry;	/* NULL: nothing was written */
	const char *output;		/* NEW; may be NULL then */
	json_t *paths;			/* of inspect; or NULL */
};

/* A new object; docs/adopting.md lists its members. */
json_t *tell_model(const struct tell *t);

/* Such an object for people. */
void tell_print(const json_t *model);

#endif
