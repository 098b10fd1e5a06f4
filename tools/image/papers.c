/*
 * Written before the image gets its name and named after it, so that a failure
 * leaves neither.
 */
#include "tools/image/papers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/disk/bmap.h"
#include "tools/report.h"

char *papers_text(json_t *j)
{
	char *text = j ? json_dumps(j, JSON_INDENT(2)) : NULL, *line = NULL;

	json_decref(j);
	if (text && asprintf(&line, "%s\n", text) < 0)
		abort();
	free(text);
	return line;
}

/* The text of the file that is asked for as PATH; NULL reported. */
static char *make(unsigned i, const struct build *b, int raw)
{
	if (i == 0)
		return bmap_make(raw, b->layout.size);
	return papers_text(i == 1 ? manifest_make(b, raw) : sbom_make(b));
}

static int put(struct output *o, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(o->fd, text, len);

		if (n < 0 && errno != EINTR)
			return report_errno("%s", o->path);
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int papers_write(struct papers *p, const struct build *b, int raw)
{
	const char *path[PAPERS] = { b->r.bmap, b->r.manifest, b->r.sbom };
	int err = 0;

	memset(p->open, 0, sizeof(p->open));
	for (unsigned i = 0; i < PAPERS && !err; i++) {
		char *text;

		if (!path[i])
			continue;
		err = output_open(&p->out[i], path[i]);
		p->open[i] = !err;
		text = err ? NULL : make(i, b, raw);
		err = text ? put(&p->out[i], text) : -1;
		free(text);
	}
	if (err)
		papers_abort(p);
	return err;
}

int papers_commit(struct papers *p)
{
	int err = 0;

	for (unsigned i = 0; i < PAPERS && !err; i++) {
		err = p->open[i] ? output_commit(&p->out[i]) : 0;
		p->open[i] = false;
	}
	if (err)
		papers_abort(p);
	return err;
}

void papers_abort(struct papers *p)
{
	for (unsigned i = 0; i < PAPERS; i++) {
		if (p->open[i])
			output_abort(&p->out[i]);
		p->open[i] = false;
	}
}
