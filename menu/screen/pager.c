/*
 * Stands in the way of the platform's write().  Lines are counted by their
 * ends, as GRUB counts them.
 */
#include "menu/screen/pager.h"

#include <string.h>

#include "loader/base/err.h"

#define LINES 24
#define ESCAPE 0x1b
#define ASK "[a key: more, Escape: no more]"

static struct {
	struct platform *p;
	void (*write)(const char *s, size_t len);	/* P's own */
	int32_t lines;		/* written since a key was pressed */
	bool skip;		/* what comes is not wanted */
} pager;

static void ask(void)
{
	char blank[sizeof(ASK) + 1] = "\r";

	memset(blank + 1, ' ', sizeof(ASK) - 1);
	blank[sizeof(ASK)] = '\r';
	pager.write(ASK, sizeof(ASK) - 1);
	pager.skip = run_wait_key(pager.p) == ESCAPE;
	pager.write(blank, sizeof(blank));
	pager.lines = 0;
}

static void write_paged(const char *s, size_t len)
{
	int32_t lines = pager.p->lines ? pager.p->lines : LINES;

	while (len && !pager.skip) {
		const char *end = memchr(s, '\n', len);
		size_t n = end ? (size_t)(end + 1 - s) : len;

		/* Before more is written: the last page needs no key. */
		if (pager.lines && pager.lines >= lines - 2)
			ask();
		if (!pager.skip)
			pager.write(s, n);
		pager.lines += end != NULL;
		s += n;
		len -= n;
	}
}

void pager_begin(struct platform *p)
{
	if (p->no_pager)
		return;
	pager.p = p;
	pager.write = p->write;
	pager.lines = 0;
	pager.skip = false;
	p->write = write_paged;
}

void pager_end(void)
{
	if (pager.p)
		pager.p->write = pager.write;
	pager.p = NULL;
}

int pager_command(struct runner *r, const char *args)
{
	bool off = !strcmp(args, "off");

	if (*args && !off && strcmp(args, "on"))
		return fail(ERR_ARGUMENT, "pager %.32s", args);
	r->p->no_pager = *args ? off : !r->p->no_pager;
	say(r->p, " pager is %s\n", r->p->no_pager ? "off" : "on");
	return 0;
}
