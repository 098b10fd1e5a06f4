/* A configuration for xl, Xen's own tool, that boots NEW by our PV loader. */
#ifndef TOOLS_ADOPT_XL_H
#define TOOLS_ADOPT_XL_H

#include "tools/adopt/plan.h"
#include "tools/image/recipe/recipe.h"
#include "tools/output.h"

struct xl {
	struct output out;
	char *path;		/* NULL: xl cannot name NEW */
};

/*
 * Write it beside NEW, before that is there.  It is NEW.xl after
 * xl_end(x, true) and nothing after xl_end(x, false).  Both: 0, or -1 with an
 * error reported.
 */
int xl_begin(struct xl *x, const struct plan *p, const struct recipe *r);
int xl_end(struct xl *x, bool keep);

#endif
