/* Files that say what an image is: block map, manifest, bill of materials. */
#ifndef TOOLS_IMAGE_PAPERS_H
#define TOOLS_IMAGE_PAPERS_H

#include "tools/image/build.h"
#include "tools/output.h"

#define PAPERS 3

struct papers {
	struct output out[PAPERS];
	bool open[PAPERS];
};

/*
 * Write those that B asks for, of the raw image RAW; they have no names yet.
 * 0, or -1 with an error reported and nothing left.
 */
int papers_write(struct papers *p, const struct build *b, int raw);
/* They get their names.  0, or -1 with an error reported. */
int papers_commit(struct papers *p);
void papers_abort(struct papers *p);

/* J, which is released, as text with a newline, malloc'd; NULL stays NULL. */
char *papers_text(json_t *j);

#endif
