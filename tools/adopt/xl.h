/* A configuration for xl, Xen's own tool, that boots NEW by our PV loader. */
#ifndef TOOLS_ADOPT_XL_H
#define TOOLS_ADOPT_XL_H

#include "tools/adopt/plan.h"
#include "tools/image/recipe/recipe.h"

/* Write it beside NEW, as NEW.xl.  0, or -1 with an error reported. */
int xl_write(const struct plan *p, const struct recipe *r);

#endif
