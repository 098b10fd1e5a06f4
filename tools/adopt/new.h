/* The adopted image, written. */
#ifndef TOOLS_ADOPT_NEW_H
#define TOOLS_ADOPT_NEW_H

#include <jansson.h>

#include "tools/adopt/carry.h"
#include "tools/image/recipe/recipe.h"

struct new_image {
	struct recipe r;	/* output, format, compress, boot_dir */
	bool verify;
	struct carry carry;
	json_t *paths;		/* what each boot path would do, or NULL */
};

/* By P, of O.  0, or -1 with an error reported and nothing written. */
int new_write(struct new_image *n, const struct plan *p, const struct old *o);

/*
 * Before that: put into P which paths lack a boot program of ours.  GUEST: they
 * have to start a PV guest.  -1, and an error: --boot-dir lacks one.
 */
int new_prepare(const struct new_image *n, struct plan *p, bool guest);

#endif
