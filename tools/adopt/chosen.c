/*
 * menu.lst stays as it is, so NEW starts what the menu comes to by itself: an
 * entry that our loader refuses is followed by the next fallback, in the order
 * of menu/main.c.  Pure but for the error.
 */
#include "tools/adopt/chosen.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/report.h"

bool chosen_native(const struct entry *e, bool pv_auto)
{
	return pv_auto && e->bzimage;
}

bool chosen_can(const struct entry *e, bool pv_auto)
{
	return e->pv || chosen_native(e, pv_auto);
}

void chosen_pick(struct entries *e, bool pv_auto)
{
	e->start = e->first;
	for (unsigned i = 0; i < e->n_tried; i++) {
		unsigned n = e->tried[i];

		if (n < e->n && chosen_can(&e->entry[n], pv_auto)) {
			e->start = n;
			return;
		}
	}
}

void chosen_why(const struct entries *e, char *to, size_t size)
{
	to[0] = 0;
	if (e->start != e->first)
		snprintf(to, size, "entry %u is started, a fallback: the "
			 "default, entry %u, cannot be a PV guest: %s",
			 e->start, e->first, e->entry[e->first].why);
}

/* There are no fallbacks. */
static int refuse_default(const struct old *o)
{
	const struct entry *e = &o->entries.entry[o->entries.first];

	if (e->bits32)
		return report_error("%s: the kernel of its default entry is a "
				    "32-bit one, and only 64-bit PV kernels "
				    "can be started", o->image->path);
	if (!e->bzimage)
		return report_error("%s: its default entry cannot be a PV "
				    "guest: %s", o->image->path, e->why);
	return report_error("%s: its default entry cannot be a PV guest: %s; "
			    "firmware can start it%s%s: --pv auto",
			    o->image->path, e->why, e->native[0] ?
			    ", and it drives by itself " : "", e->native);
}

static int refuse_all(const struct old *o)
{
	const struct entries *es = &o->entries;
	bool native = false;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	for (unsigned i = 0; i < es->n_tried; i++) {
		unsigned n = es->tried[i];

		fprintf(f, "%sentry %u, %s: %s", i ? "; " : ": ", n,
			n == es->first ? "the default" : "a fallback",
			n < es->n ? es->entry[n].why :
			"one of too many");
		native |= n < es->n && es->entry[n].bzimage;
	}
	fclose(f);
	report_error("%s: neither its default entry nor a fallback can be a PV "
		     "guest%s%s", o->image->path, text, native ?
		     "; firmware can start one: --pv auto" : "");
	free(text);
	return -1;
}

int chosen_check(const struct old *o, bool pv_auto)
{
	const struct entries *es = &o->entries;

	if (chosen_can(&es->entry[es->start], pv_auto))
		return 0;
	return es->n_tried > 1 ? refuse_all(o) : refuse_default(o);
}
