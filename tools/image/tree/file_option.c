/*
 * A ':' in a name is written "\\:".  Without MODE the file has its own, and
 * without UID and GID it is root's.
 */
#include "tools/image/tree/file_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/number.h"
#include "tools/image/tree/source.h"
#include "tools/report.h"

unsigned file_option_cut(char *copy, char *field[FILE_OPTION_FIELDS])
{
	unsigned n = 1;
	char *to = copy;

	field[0] = copy;
	for (char *p = copy; *p; p++) {
		if (p[0] == '\\' && p[1]) {
			*to++ = *++p;
		} else if (*p == ':') {
			*to++ = 0;
			if (n == FILE_OPTION_FIELDS)
				return n + 1;
			field[n++] = to;
		} else {
			*to++ = *p;
		}
	}
	*to = 0;
	return n;
}

static int mode_of(const char *text, uint32_t *mode)
{
	char *end;
	unsigned long v = strtoul(text, &end, 8);

	if (text[0] < '0' || text[0] > '7' || *end || v > 07777)
		return -1;
	*mode = (uint32_t)v;
	return 0;
}

/* The greatest number means "none". */
static int id_of(const char *text, uint32_t *id)
{
	uint64_t v;

	if (number_whole(text, UINT32_MAX - 1, &v))
		return -1;
	*id = (uint32_t)v;
	return 0;
}

/* As cp has it, "DIR/" is a directory that the file goes into. */
static int put(struct tree *t, const char *from, const char *to,
	       struct tree_node *node)
{
	const char *slash = strrchr(from, '/');
	char *path;
	int err;

	if (asprintf(&path, "%s%s", to, to[strlen(to) - 1] != '/' ? "" :
		     slash ? slash + 1 : from) < 0)
		abort();
	err = source_add_file(t, path, from, node);
	free(path);
	return err;
}

static int add(struct tree *t, const char *text,
	       char *field[FILE_OPTION_FIELDS], unsigned n)
{
	struct tree_node *node;
	struct stat st;
	uint32_t mode;

	if (n < 2 || n == 4 || n > 5 || !field[0][0] ||
	    !field[1][0])
		return report_error("--file %s: not SRC:DST[:MODE[:UID:GID]]",
				    text);
	if (stat(field[0], &st))
		return report_errno("%s", field[0]);
	mode = st.st_mode & 07777;
	node = filetree_new_node(t, S_IFREG);
	if (n > 2 && mode_of(field[2], &mode))
		return report_error("--file %s: the mode is an octal number up "
				    "to 7777", text);
	if (n > 3 && (id_of(field[3], &node->uid) ||
		      id_of(field[4], &node->gid)))
		return report_error("--file %s: an owner or group that is no "
				    "number", text);
	node->mode |= mode;
	return put(t, field[0], field[1], node);
}

int file_option_add(struct tree *t, const char *text)
{
	char *field[FILE_OPTION_FIELDS], *copy = strdup(text);
	int err;

	if (!copy)
		abort();
	err = add(t, text, field, file_option_cut(copy, field));
	free(copy);
	return err;
}
