/*
 * Recipes, read by libconfuse.  A value is what is written there: libconfuse
 * would put the environment in for ${NAME}, so it never sees one.  File names
 * are relative to the recipe.
 */
#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/recipe/build_options.h"
#include "tools/report.h"
#include "tools/textfile.h"

#define INCLUDES_MAX 8

/* FILE, up to a ':', as seen from the directory of RECIPE. */
static char *beside(const char *recipe, const char *file)
{
	const char *slash = strrchr(recipe, '/');
	char *path;

	if (file[0] == '/' || file[0] == ':' || !strcmp(file, "-") || !slash)
		return strdup(file);
	if (asprintf(&path, "%.*s/%s", (int)(slash - recipe), recipe, file) < 0)
		abort();
	return path;
}

static void confuse_error(cfg_t *cfg, const char *format, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, ap);
	report_error("%s:%d: %s", cfg->filename, cfg->line, text);
}

/* How long the comment at P is; 0: there is none. */
static size_t comment(const char *p)
{
	const char *end;

	if (p[0] == '#' || (p[0] == '/' && p[1] == '/'))
		return strcspn(p, "\n");
	if (p[0] != '/' || p[1] != '*')
		return 0;
	end = strstr(p + 2, "*/");
	return end ? (size_t)(end - p) + 2 : strlen(p);
}

/* Those at *P, one after the other.  -1: the last has no end. */
static int copy_comments(const char **p, char **to, unsigned *line)
{
	size_t len;

	while ((len = comment(*p))) {
		if ((*p)[1] == '*' && !strstr(*p + 2, "*/"))
			return -1;
		for (; len; len--) {
			*line += **p == '\n';
			*(*to)++ = *(*p)++;
		}
	}
	return 0;
}

/*
 * TEXT with "${" so that libconfuse takes it as it is: in double quotes with a
 * backslash.  In single quotes it does anyway; bare words may not have it.
 */
static char *without_variables(const char *path, const char *text)
{
	char *out = malloc(2 * strlen(text) + 1), *to = out, quote = 0;
	unsigned line = 1;

	if (!out)
		abort();
	for (const char *p = text; *p; *to++ = *p++) {
		if (!quote && copy_comments(&p, &to, &line)) {
			report_error("%s:%u: a comment without an end", path,
				     line);
			free(out);
			return NULL;
		}
		if (!*p)
			break;
		line += *p == '\n';
		if (quote && p[0] == '\\' && p[1]) {
			*to++ = *p++;
		} else if (quote ? *p == quote : *p == '"' || *p == '\'') {
			quote = quote ? 0 : *p;
		} else if (p[0] == '$' && p[1] == '{' && quote != '\'') {
			if (!quote) {
				report_error("%s:%u: ${ outside of quotes",
					     path, line);
				free(out);
				return NULL;
			}
			*to++ = '\\';
		}
	}
	*to = 0;
	return out;
}

static int parse_text(cfg_t *cfg, const char *path, char *text)
{
	FILE *f = fmemopen(text, strlen(text), "r");
	int err;

	if (!f)
		return report_errno("%s", path);
	cfg_set_error_function(cfg, confuse_error);
	cfg->filename = strdup(path);
	err = cfg_parse_fp(cfg, f);
	fclose(f);
	return err == CFG_SUCCESS ? 0 : -1;
}

static int read_values(struct build_options *o, const char *path,
		       unsigned depth);

/* KEY's values. */
static void take(struct build_options *o, cfg_t *cfg, int key,
		 const char *path)
{
	for (unsigned i = 0; i < cfg_size(cfg, build_keys[key].name); i++) {
		const char *s = cfg_getnstr(cfg, build_keys[key].name, i);
		char *own = build_kinds[key] & PATH ? beside(path, s) :
			    NULL;

		build_options_add(o, key, own ? own : s);
		free(own);
	}
}

static int take_includes(struct build_options *o, cfg_t *cfg, const char *path,
			 unsigned depth)
{
	for (unsigned i = 0; i < cfg_size(cfg, "include"); i++) {
		char *file = beside(path, cfg_getnstr(cfg, "include", i));
		int err = depth == INCLUDES_MAX ?
			  report_error("%s: recipes include each other", path) :
			  read_values(o, file, depth + 1);

		free(file);
		if (err)
			return err;
	}
	return 0;
}

/* Fill what O leaves open. */
static int read_values(struct build_options *o, const char *path,
		       unsigned depth)
{
	cfg_opt_t opts[KEYS + 2] = { 0 };
	char *text = textfile_read(path, "a recipe");
	char *safe = text ? without_variables(path, text) : NULL;
	cfg_t *cfg;
	int err = safe ? 0 : text ? -1 : BUILD_UNREADABLE;

	for (int i = 0; i < KEYS; i++)
		opts[i] = build_kinds[i] & LIST ?
			(cfg_opt_t)CFG_STR_LIST(build_keys[i].name, NULL,
						CFGF_NODEFAULT) :
			(cfg_opt_t)CFG_STR(build_keys[i].name, NULL,
					   CFGF_NODEFAULT);
	opts[KEYS] = (cfg_opt_t)CFG_STR_LIST("include", NULL, CFGF_NODEFAULT);
	opts[KEYS + 1] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(opts, CFGF_NONE);
	if (!cfg)
		abort();
	if (!err && safe[0])
		err = parse_text(cfg, path, safe);
	for (int i = 0; i < KEYS && !err; i++)
		if (!o->list[i] && cfg_size(cfg, build_keys[i].name))
			take(o, cfg, i, path);
	if (!err)
		err = take_includes(o, cfg, path, depth);
	cfg_free(cfg);
	free(text);
	free(safe);
	return err;
}

int build_options_recipe(struct build_options *o, const char *path)
{
	return read_values(o, path, 0);
}
