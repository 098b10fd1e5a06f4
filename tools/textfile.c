/* Reading what somebody wrote; a directory is told as what it is. */
#include "tools/textfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/output.h"
#include "tools/report.h"

#define TEXT_MAX (1u << 20)

/* NULL with errno. */
static FILE *open_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;

	if (!f || fstat(fileno(f), &st) || !S_ISDIR(st.st_mode))
		return f;
	fclose(f);
	errno = EISDIR;
	return NULL;
}

char *textfile_read(const char *path, const char *what)
{
	FILE *f = open_file(path);
	char *text = f ? calloc(1, TEXT_MAX + 1) : NULL;
	size_t n;

	if (!f) {
		if (errno == EISDIR)
			report_error("%s: a directory, not %s", path, what);
		else
			report_errno("%s", path);
		return NULL;
	}
	if (!text)
		abort();
	output_protect(path);
	n = fread(text, 1, TEXT_MAX + 1, f);
	fclose(f);
	if (n <= TEXT_MAX && !memchr(text, 0, n))
		return text;
	report_error("%s: not %s, which is text of at most 1 MiB", path, what);
	free(text);
	return NULL;
}

json_t *textfile_json(const char *who, const char *path)
{
	FILE *f = open_file(path);
	json_error_t error;
	json_t *j = f ? json_loadf(f, 0, &error) : NULL;

	if (!f)
		report_errno("%s%s", who, path);
	else if (!j)
		report_error("%s%s:%d: %s", who, path, error.line, error.text);
	if (f)
		fclose(f);
	return j;
}
