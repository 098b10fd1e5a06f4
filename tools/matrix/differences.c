/* The file is libconfuse's, as recipes are. */
#include "tools/matrix/differences.h"

#include <confuse.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report.h"
#include "tools/textfile.h"

struct difference {
	cfg_t *cfg;
	regex_t allow;
	bool used;
};

struct differences {
	cfg_t *cfg;
	unsigned n;
	struct difference *one;
};

static void say_error(cfg_t *cfg, const char *format, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, ap);
	report_error("%s:%d: %s", cfg->filename ? cfg->filename : "?",
		     cfg->line, text);
}

static int compile(struct difference *one, cfg_t *cfg, const char *path)
{
	const char *fact = cfg_getstr(cfg, "fact");
	const char *allow = cfg_getstr(cfg, "allow");
	char whole[1024];

	one->cfg = cfg;
	if (!fact || !allow || !cfg_getstr(cfg, "cells") ||
	    !cfg_getstr(cfg, "reason"))
		return report_error("%s: each difference needs cells, fact, "
				    "allow and reason", path);
	if (snprintf(whole, sizeof(whole), "^(%s)$", allow) >=
	    (int)sizeof(whole) ||
	    regcomp(&one->allow, whole, REG_EXTENDED | REG_NOSUB))
		return report_error("%s: allow = \"%s\" is not a regular "
				    "expression", path, allow);
	return 0;
}

/* 0, or -1 with an error reported. */
static int parse(struct differences *d, const char *path)
{
	char *text = textfile_read(path, "a list of differences");
	int err = text ? CFG_SUCCESS : CFG_FILE_ERROR;
	unsigned n;

	if (text && text[0]) {
		d->cfg->filename = strdup(path);
		err = cfg_parse_buf(d->cfg, text);
	}
	free(text);
	if (err != CFG_SUCCESS)
		return -1;	/* say_error() has spoken */
	n = cfg_size(d->cfg, "difference");
	d->one = calloc(n ? n : 1, sizeof(*d->one));
	if (!d->one)
		abort();
	for (; d->n < n; d->n++)
		if (compile(&d->one[d->n], cfg_getnsec(d->cfg, "difference",
						       d->n), path))
			return -1;
	return 0;
}

struct differences *differences_read(const char *path)
{
	static cfg_opt_t one[] = {
		CFG_STR("cells", NULL, CFGF_NODEFAULT),
		CFG_STR("fact", NULL, CFGF_NODEFAULT),
		CFG_STR("allow", NULL, CFGF_NODEFAULT),
		CFG_STR("reason", NULL, CFGF_NODEFAULT),
		CFG_END()
	};
	static cfg_opt_t all[] = {
		CFG_SEC("difference", one, CFGF_MULTI),
		CFG_END()
	};
	struct differences *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	d->cfg = cfg_init(all, CFGF_NONE);
	cfg_set_error_function(d->cfg, say_error);
	if (parse(d, path)) {
		differences_release(d);
		return NULL;
	}
	return d;
}

void differences_release(struct differences *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < d->n; i++)
		regfree(&d->one[i].allow);
	cfg_free(d->cfg);
	free(d->one);
	free(d);
}

const char *differences_allow(struct differences *d, const char *cell,
			      const char *fact, const char *got)
{
	for (unsigned i = 0; d && i < d->n; i++) {
		struct difference *one = &d->one[i];

		if (strcmp(cfg_getstr(one->cfg, "fact"), fact) ||
		    fnmatch(cfg_getstr(one->cfg, "cells"), cell, 0) ||
		    regexec(&one->allow, got, 0, NULL, 0))
			continue;
		one->used = true;
		return cfg_getstr(one->cfg, "reason");
	}
	return NULL;
}

void differences_unused(const struct differences *d)
{
	for (unsigned i = 0; d && i < d->n; i++)
		if (!d->one[i].used)
			report_note("difference \"%s\", %s: declared, but no "
				    "cell has it",
				    cfg_getstr(d->one[i].cfg, "cells"),
				    cfg_getstr(d->one[i].cfg, "fact"));
}
