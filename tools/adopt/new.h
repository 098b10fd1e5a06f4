/* The adopted image, written. */
#ifndef TOOLS_ADOPT_NEW_H
#define TOOLS_ADOPT_NEW_H

#include <jansson.h>

#include "tools/adopt/carry.h"
#include "tools/image/recipe.h"

struct new_image {
	struct recipe r;	/* output, format, compress, boot_dir */
	bool verify;
	struct carry carry;
	json_t *paths;		/* what each boot path would do, or NULL */
};

/* By P, of O.  0, or -1 with an error reported and nothing written. */
int new_write(struct new_image *n, const struct plan *p, const struct old *o);

/* Before that: our boot programs are there; what cannot be offered is said. */
int new_prepare(struct new_image *n, struct plan *p);

#endif
